/*
 * Runs before the app: paints the figure of last time, renews the session and asks for today's figure while the
 * bundle loads. What it finds it leaves in `window.allowanceBoot` for the app. No framework, a few kilobytes.
 */
(function () {
  "use strict";
  var boot = (window.allowanceBoot = { startedAt: Date.now() });
  function read(store, key) {
    try {
      return store.getItem(key);
    } catch {
      return null;
    }
  }
  var mode = read(window.sessionStorage, "allowance.session") || read(window.localStorage, "allowance.session");
  if (mode !== "keep" && mode !== "session") return;

  var glance = null;
  try {
    glance = JSON.parse(read(mode === "keep" ? window.localStorage : window.sessionStorage, "allowance.glance"));
  } catch {
    glance = null;
  }
  function paint(label, number, note) {
    var box = document.getElementById("glance");
    if (!box) return;
    document.getElementById("glance-label").textContent = label;
    document.getElementById("glance-number").textContent = number;
    document.getElementById("glance-note").textContent = note;
    box.hidden = false;
    if (window.performance && performance.mark) performance.mark("allowance-digits");
  }
  // A day that is over is the app's to estimate.
  var isFresh = glance && glance.endsAt > Date.now() + (glance.clockOffset || 0);
  var isFigurePage = location.pathname === "/" || location.pathname === "/log";
  if (isFresh && isFigurePage) paint(glance.label, glance.number, glance.note);
  // Sendings and answers after this number make the figure below too old to be shown.
  boot.seq = glance ? glance.seq : 0;

  function underLock(work) {
    return navigator.locks ? navigator.locks.request("allowance.refresh", work) : work();
  }
  function keepAnswer(response) {
    return response.text().then(function (text) {
      var body = null;
      try {
        body = JSON.parse(text);
      } catch {
        body = null;
      }
      return {
        status: response.status,
        body: body,
        date: response.headers.get("Date"),
        etag: response.headers.get("ETag"),
        retryAfter: response.headers.get("Retry-After"),
        at: Date.now(),
      };
    });
  }
  boot.refresh = underLock(function () {
    return fetch("/api/auth/jwt/refresh/", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Refresh-Cookie": mode === "keep" ? "1" : "session" },
      body: "{}",
    }).then(keepAnswer);
  }).catch(function () {
    return null;
  });
  boot.today = boot.refresh
    .then(function (answer) {
      if (!answer || answer.status !== 200 || !answer.body) return null;
      return fetch("/api/allowance/today/", { headers: { Authorization: "Bearer " + answer.body.access } })
        .then(keepAnswer)
        .then(function (figure) {
          if (figure.status !== 200) return null;
          var today = figure.body;
          // Painted only where nothing waits to be taken off it.
          if (glance && glance.user === answer.body.user && glance.waiting === 0 && !glance.hidden && isFigurePage) {
            var decimals = (today.remaining_amount.split(".")[1] || "").length;
            var format = new Intl.NumberFormat(glance.locale, {
              style: "currency",
              currency: today.currency,
              minimumFractionDigits: decimals,
              maximumFractionDigits: decimals,
            });
            if (glance.day === today.date) paint(glance.label, format.format(today.remaining_amount), "");
          }
          return figure;
        });
    })
    .catch(function () {
      return null;
    });
})();
