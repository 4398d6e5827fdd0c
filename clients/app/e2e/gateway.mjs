/**
 * A loopback proxy before the API: it passes calls on, and can lose or spoil them on the way.
 *
 * `faults.next(request)` names the fate of a call: "pass", "lose request", "lose answer", "late", "503 before",
 * "503 after", "429". Playwright's own routing does not see what a service worker sends; this does.
 */
import { createServer, request as call } from "node:http";

export const FATES = ["lose request", "lose answer", "late", "503 before", "503 after", "429"];

export function startGateway({ target, port = 0, choose = () => "pass", log = [] }) {
  const upstream = new URL(target);
  const sockets = new Set();
  const gateway = { choose, isAway: false, log };

  function forward(incoming, body, answer) {
    const outgoing = call(
      {
        host: upstream.hostname,
        port: upstream.port,
        method: incoming.method,
        path: incoming.url,
        // The server sees the address that the browser has: cookies and origins are checked against it.
        headers: incoming.headers,
      },
      (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () => answer?.(response.statusCode, response.headers, Buffer.concat(chunks)));
      },
    );
    outgoing.on("error", () => answer?.(502, { "content-type": "application/json" }, Buffer.from("{}")));
    outgoing.end(body);
  }

  const server = createServer((incoming, outgoing) => {
    const chunks = [];
    incoming.on("data", (chunk) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      const fate = gateway.isAway ? "lose request" : gateway.choose(incoming);
      log.push({ method: incoming.method, url: incoming.url, fate });
      const pass = () =>
        forward(incoming, body, (status, headers, data) => {
          outgoing.writeHead(status, headers);
          outgoing.end(data);
        });
      const fail = (status, headers = {}) => {
        outgoing.writeHead(status, { "content-type": "application/json", ...headers });
        outgoing.end(JSON.stringify({ detail: "On purpose.", code: "spoiled" }));
      };
      const hangUp = () => outgoing.destroy();
      if (fate === "lose request") return hangUp();
      if (fate === "lose answer") return forward(incoming, body, hangUp);
      if (fate === "late") {
        setTimeout(() => forward(incoming, body, () => undefined), 1500);
        return hangUp();
      }
      if (fate === "503 before") return fail(503, { "retry-after": "1" });
      if (fate === "503 after") return forward(incoming, body, () => fail(503));
      if (fate === "429") return fail(429, { "retry-after": "1" });
      return pass();
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  return new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () => {
      gateway.address = `http://127.0.0.1:${server.address().port}`;
      gateway.close = () => {
        sockets.forEach((socket) => socket.destroy());
        return new Promise((done) => server.close(done));
      };
      resolve(gateway);
    });
  });
}
