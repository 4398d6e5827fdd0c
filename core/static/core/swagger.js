// The page asks for a token; the API wants `Bearer <token>`. Both may be pasted. The page's own interceptor is
// replaced: it looks for a CSRF token to send, which the API does not want and the shown curl would repeat.
"use strict";

swaggerUiConfig.requestInterceptor = function (request) {
    var value = request.headers && request.headers.Authorization;
    if (value && !/\s/.test(value.trim())) {
        request.headers.Authorization = "Bearer " + value.trim();
    }
    return request;
};
