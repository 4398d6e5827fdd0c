// The page asks for a token; the API wants `Bearer <token>`. Both may be pasted.
"use strict";

(function () {
    var next = swaggerUiConfig.requestInterceptor;
    swaggerUiConfig.requestInterceptor = function (request) {
        var value = request.headers && request.headers.Authorization;
        if (value && !/\s/.test(value.trim())) {
            request.headers.Authorization = "Bearer " + value.trim();
        }
        return next ? next(request) : request;
    };
})();
