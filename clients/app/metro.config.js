const { request } = require("node:http");

const { getDefaultConfig } = require("expo/metro-config");

const config = getDefaultConfig(__dirname);

// `make app-dev`: the API lies behind the same address as the app, so that no CORS is needed and the cookie holds.
const api = new URL(process.env.API || "http://127.0.0.1:8000");
config.server.enhanceMiddleware = (metro) => (incoming, outgoing, next) => {
  if (!/^\/(api|admin|swagger|redoc|static)/.test(incoming.url)) return metro(incoming, outgoing, next);
  const options = { host: api.hostname, port: api.port, method: incoming.method, path: incoming.url, headers: incoming.headers };
  const passed = request(options, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.headers);
    answer.pipe(outgoing);
  });
  passed.on("error", () => outgoing.writeHead(502).end());
  incoming.pipe(passed);
  return undefined;
};

module.exports = config;
