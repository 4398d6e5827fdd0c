// ReDoc fetches its logo from another host, which would learn who reads this page. It does without.
"use strict";

HTMLImageElement.prototype.setAttribute = function (name, value) {
    if (name === "src" && new URL(value, document.baseURI).origin !== window.location.origin) {
        this.hidden = true;
        return;
    }
    Element.prototype.setAttribute.call(this, name, value);
};
