// ReDoc fetches its logo from another host, which would learn who reads this page. It does without.
"use strict";

(function () {
    var images = HTMLImageElement.prototype;
    var source = Object.getOwnPropertyDescriptor(images, "src");

    function isElsewhere(address) {
        var url = new URL(address, document.baseURI);
        return url.protocol.indexOf("http") === 0 && url.origin !== window.location.origin;
    }

    // React sets the attribute, and then the property again.
    images.setAttribute = function (name, value) {
        if (name === "src" && isElsewhere(value)) {
            this.hidden = true;
        } else {
            Element.prototype.setAttribute.call(this, name, value);
        }
    };
    Object.defineProperty(images, "src", {
        configurable: true,
        enumerable: true,
        get: source.get,
        set: function (value) {
            if (isElsewhere(value)) {
                this.hidden = true;
            } else {
                source.set.call(this, value);
            }
        },
    });
})();
