// What node's http module sees of a server: node node_http.js CASE URL [ARGUMENT]. Prints facts as JSON, which
// node_cases.py judges.
'use strict';

const crypto = require('crypto');
const events = require('events');
const fs = require('fs');
const { pipeline } = require('stream/promises');
const { TextDecoder } = require('util');

const [, , chosen, url, argument] = process.argv;
const http = require(url.startsWith('https:') ? 'https' : 'http');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

/** The body of an answer as text. */
async function text(answer) {
  const decoder = new TextDecoder();
  let all = '';
  for await (const piece of answer) all += decoder.decode(piece, { stream: true });
  return all;
}

function open(path, options = {}) {
  return http.request(url + path, { agent, ...options });
}

async function answered(request) {
  const [answer] = await events.once(request, 'response');
  return answer;
}

/** One whole exchange. */
async function ask(path, options = {}, body = undefined) {
  const request = open(path, options);
  request.end(body);
  const answer = await answered(request);
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer), reused: request.reusedSocket };
}

async function digest(stream) {
  const hash = crypto.createHash('sha256');
  await pipeline(stream, hash);
  return hash.digest('hex');
}

/** The digest of the body of a GET. */
async function download(path) {
  const request = open(path);
  request.end();
  const answer = await answered(request);
  return { status: answer.statusCode, headers: answer.headers, digest: await digest(answer) };
}

const cases = {
  async keep_alive() {
    const answers = [];
    for (let turn = 0; turn < 5; ++turn) answers.push(await ask('/plaintext'));
    answers.push(await ask('/plaintext', { method: 'POST' }, 'posted'));
    return { reused: answers.map((each) => each.reused), bodies: answers.map((each) => each.body) };
  },

  async head() {
    const first = await ask('/plaintext', { method: 'HEAD' });
    const second = await ask('/plaintext');
    return { first, second };
  },

  connection_close: () => ask('/plaintext', { agent: false, headers: { Connection: 'close' } }),

  unix_socket: () => ask('/plaintext', { socketPath: argument }),

  async post_with_length() {
    const body = fs.readFileSync(argument);
    return ask('/upload', { method: 'POST', headers: { 'Content-Length': body.length } }, body);
  },

  async chunked_upload() {
    const request = open('/upload', { method: 'POST' });
    const sent = pipeline(fs.createReadStream(argument), request);
    const answer = await answered(request);
    await sent;
    return { body: await text(answer) };
  },

  async continues() {
    const request = open('/upload', { method: 'POST', headers: { Expect: '100-continue' } });
    request.flushHeaders();
    await events.once(request, 'continue');
    request.end(fs.readFileSync(argument));
    return { body: await text(await answered(request)) };
  },

  async refused_before_the_body() {
    const request = open('/small', { method: 'POST', headers: { Expect: '100-continue', 'Content-Length': 3000 } });
    let continued = false;
    request.on('continue', () => { continued = true; });
    request.flushHeaders();
    const answer = await answered(request);
    await text(answer);
    request.destroy();
    return { status: answer.statusCode, continued };
  },

  async refused_while_sending() {
    const request = open('/small', { method: 'POST', headers: { 'Content-Length': fs.statSync(argument).size } });
    request.on('error', () => {});  // the rest cannot be sent: what counts is the answer
    fs.createReadStream(argument).pipe(request);
    const answer = await answered(request);
    return { status: answer.statusCode };
  },

  download_with_length: () => download('/file?path=' + encodeURIComponent(argument)),
  chunked_download: () => download('/chunked?path=' + encodeURIComponent(argument)),

  async echo_while_sending() {
    const request = open('/echo', { method: 'POST' });
    const sent = pipeline(fs.createReadStream(argument), request);
    const answer = await answered(request);
    const before = request.writableFinished;
    const received = await digest(answer);
    await sent;
    return { digest: received, answered_before_all_was_sent: !before };
  },

  async server_sent_events() {
    const request = open('/events', { headers: { 'Last-Event-ID': '7' } });
    request.end();
    const answer = await answered(request);
    console.log(answer.headers['content-type']);
    for await (const piece of answer) process.stdout.write(piece);
    return undefined;
  },

  async trailers() {
    const request = open('/trailers', { method: 'POST', headers: { Trailer: 'X-Sum' } });
    request.write('some ');
    request.write('text');
    request.addTrailers({ 'X-Sum': '42' });
    request.end();
    const answer = await answered(request);
    const body = await text(answer);
    return { body, trailers: answer.trailers, again: (await ask('/plaintext')).reused };
  },

  async aborted_download() {
    const request = open(argument);
    const failed = events.once(request, 'error').then(([error]) => { throw error; });
    const read = async () => text(await answered(request));
    request.end();
    try {
      await Promise.race([read(), failed]);
      return { error: null };
    } catch (error) {
      return { error: error.code };
    }
  },

  async early_hints() {
    const request = open('/hints');
    const interim = [];
    request.on('information', (info) => interim.push([info.statusCode, info.headers.link]));
    request.end();
    const answer = await answered(request);
    return { interim, status: answer.statusCode, body: await text(answer) };
  },

  async upgrade() {
    const request = open('/shout', { headers: { Connection: 'Upgrade', Upgrade: 'shout/1' } });
    request.end();
    const [answer, socket] = await events.once(request, 'upgrade');
    const replies = [];
    for (const word of ['banana', 'alphabet']) {
      socket.write(word);
      let reply = '';
      while (reply.length < word.length) reply += (await events.once(socket, 'data'))[0];
      replies.push(reply);
    }
    socket.end();
    await events.once(socket, 'close');
    return { status: answer.statusCode, protocol: answer.headers.upgrade, replies };
  },

  upgrade_not_offered: () => ask('/shout'),

  async twenty_at_once() {
    const many = new http.Agent({ keepAlive: true, maxSockets: 20 });
    const requests = Array.from({ length: 400 }, (_, each) => `${each}`);
    const asked = requests.map((text) => ask('/plaintext', { agent: many, method: 'POST' }, text));
    const answers = await Promise.all(asked);
    many.destroy();
    return { right: answers.filter((each, index) => each.status === 200 && each.body === `${index}`).length };
  },
};

async function main() {
  const facts = await cases[chosen]();
  if (facts !== undefined) console.log(JSON.stringify(facts));
  agent.destroy();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
