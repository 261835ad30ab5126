// node's http behind the routes of benchmarks/arena.cpp: node main.js PORT
// With TLS_CERT and TLS_KEY in the environment, the port is for TLS; with DATASET_PATH, /json/N is there.
'use strict';

const fs = require('fs');
const http = require('http');
const https = require('https');

const {DATASET_PATH, TLS_CERT, TLS_KEY} = process.env;
const items = DATASET_PATH ? JSON.parse(fs.readFileSync(DATASET_PATH, 'utf8')) : [];
const piece = Buffer.alloc(64 * 1024, 'x');

function answer(response, type, body) {
  response.writeHead(200, {'Content-Type': type, 'Content-Length': Buffer.byteLength(body)});
  response.end(body);
}

function number(text) {
  return parseInt(text, 10) || 0;
}

function sum(request, response, query) {
  const parameters = new URLSearchParams(query);
  let total = number(parameters.get('a')) + number(parameters.get('b'));
  if (request.method !== 'POST') return answer(response, 'text/plain', String(total));
  let body = '';
  request.on('data', (chunk) => { body += chunk; });
  request.on('end', () => answer(response, 'text/plain', String(total + number(body))));
}

function upload(request, response) {
  let size = 0;
  request.on('data', (chunk) => { size += chunk.length; });
  request.on('end', () => answer(response, 'text/plain', String(size)));
}

function bytes(response, size) {
  let left = size;
  response.writeHead(200, {'Content-Type': 'application/octet-stream', 'Content-Length': size});
  const write = () => {
    while (left > 0) {
      const part = left < piece.length ? piece.subarray(0, left) : piece;
      left -= part.length;
      if (!response.write(part) && left > 0) return response.once('drain', write);
    }
    response.end();
  };
  write();
}

function price(response, wanted, query) {
  const factor = number(new URLSearchParams(query).get('m'));
  const priced = items.slice(0, wanted).map((item) => ({...item, total: item.price * item.quantity * factor}));
  answer(response, 'application/json', JSON.stringify({items: priced, count: priced.length}));
}

function handle(request, response) {
  const [path, query] = request.url.split('?', 2);
  switch (path) {
    case '/plaintext': return answer(response, 'text/plain', 'Hello, World!');
    case '/json': return answer(response, 'application/json', JSON.stringify({message: 'Hello, World!'}));
    case '/pipeline': return answer(response, 'text/plain', 'ok');
    case '/baseline11': return sum(request, response, query);
    case '/upload': return upload(request, response);
  }
  if (path.startsWith('/json/')) return price(response, number(path.slice('/json/'.length)), query);
  if (path.startsWith('/bytes/')) return bytes(response, number(path.slice('/bytes/'.length)));
  response.writeHead(404);
  response.end();
}

const server = TLS_CERT
  ? https.createServer({cert: fs.readFileSync(TLS_CERT), key: fs.readFileSync(TLS_KEY)}, handle)
  : http.createServer(handle);
server.keepAliveTimeout = 600000;
server.listen({host: '127.0.0.1', port: number(process.argv[2]), backlog: 4096});
