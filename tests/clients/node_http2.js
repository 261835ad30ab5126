// What node's http2 module sees of a server: node node_http2.js CASE URL [ARGUMENT]. Prints facts as JSON, which
// h2_node_cases.py judges.
'use strict';

const crypto = require('crypto');
const events = require('events');
const fs = require('fs');
const http2 = require('http2');
const { pipeline } = require('stream/promises');

const [, , chosen, url, argument] = process.argv;
const session = http2.connect(url);

function open(path, fields = {}, options = {}) {
  return session.request({ ':path': path, ...fields }, options);
}

async function answered(stream) {
  const [fields] = await events.once(stream, 'response');
  return fields;
}

/** The body of an answer as text. */
async function text(stream) {
  stream.setEncoding('utf8');
  let all = '';
  for await (const piece of stream) all += piece;
  return all;
}

/** One whole exchange. */
async function ask(path, fields = {}, body = undefined) {
  const stream = open(path, fields, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  const head = await answered(stream);
  return { status: head[':status'], length: head['content-length'], body: await text(stream) };
}

async function digest(stream) {
  const hash = crypto.createHash('sha256');
  await pipeline(stream, hash);
  return hash.digest('hex');
}

async function download(path) {
  const stream = open(path);
  const head = await answered(stream);
  return { status: head[':status'], length: head['content-length'], digest: await digest(stream) };
}

const cases = {
  async methods() {
    const answers = [await ask('/plaintext'), await ask('/plaintext', { ':method': 'HEAD' })];
    answers.push(await ask('/plaintext', { ':method': 'POST' }, 'posted'));
    return { answers, protocol: session.alpnProtocol, streams: session.remoteSettings.maxConcurrentStreams };
  },

  async upload() {
    const stream = open('/upload', { ':method': 'PUT' });
    fs.createReadStream(argument).pipe(stream);
    await answered(stream);
    return { body: await text(stream) };
  },

  download_with_length: () => download('/file?path=' + encodeURIComponent(argument)),
  download_without_length: () => download('/chunked?path=' + encodeURIComponent(argument)),

  async echo_while_sending() {
    const stream = open('/echo', { ':method': 'POST' });
    fs.createReadStream(argument).pipe(stream);
    await answered(stream);
    const before = !stream.writableFinished;
    return { digest: await digest(stream), answered_before_all_was_sent: before };
  },

  async trailers() {
    const stream = open('/trailers', { ':method': 'POST' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '42' }));
    stream.end('some text');
    const got = events.once(stream, 'trailers');
    const body = await text(stream);
    return { body, trailers: (await got)[0]['x-sum'] };
  },

  async many_at_once() {
    const requests = Array.from({ length: 400 }, (_, each) => ask('/plaintext', { ':method': 'POST' }, `${each}`));
    const answers = await Promise.all(requests);
    return { right: answers.filter((each, index) => each.status === 200 && each.body === `${index}`).length };
  },

  async early_hints() {
    const stream = open('/hints');
    const interim = [];
    stream.on('headers', (fields) => interim.push([fields[':status'], fields.link]));
    const head = await answered(stream);
    return { interim, status: head[':status'], body: await text(stream) };
  },

  async continues() {
    const stream = open('/upload', { ':method': 'POST', expect: '100-continue' });
    await events.once(stream, 'continue');
    stream.end('sent');
    return { status: (await answered(stream))[':status'] };
  },

  async answers_before_the_body_was_sent() {
    const facts = [];
    for (const path of ['/small', '/early']) {
      const stream = open(path, { ':method': 'POST' });
      stream.on('error', () => {});  // the rest cannot be sent: what counts is the answer
      fs.createReadStream(argument).on('error', () => {}).pipe(stream);
      facts.push((await answered(stream))[':status']);
      stream.close();
    }
    facts.push((await ask('/plaintext')).body);
    return facts;
  },

  async refusals() {
    const statuses = [];
    for (const [path, fields] of [['/nowhere'], ['/hold', { ':method': 'POST' }],
                                  ['/plaintext', { 'x-long': 'x'.repeat(40000) }]]) {
      statuses.push((await ask(path, fields)).status);
    }
    return statuses;
  },

  async reset_in_the_middle() {
    const stream = open('/hold');
    stream.on('error', () => {});
    console.log('asked');
    await events.once(process.stdin, 'data');  // it is at work
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await events.once(stream, 'close');
    process.stdin.destroy();
    return ask('/plaintext');
  },

  async server_sent_events() {
    const stream = open('/events', { 'last-event-id': '7' });
    console.log((await answered(stream))['content-type']);
    for await (const piece of stream) process.stdout.write(piece);
    return undefined;
  },

  async aborted_download() {
    const stream = open(argument);
    const failed = events.once(stream, 'error');
    stream.resume();
    await events.once(stream, 'close').catch(() => {});
    const code = stream.rstCode;
    await failed.catch(() => {});
    return { code, again: (await ask('/plaintext')).body };
  },

  async ping() {
    const pinged = new Promise((resolve) => {
      session.ping((error, duration, payload) => resolve(!error && payload.length));
    });
    return { ping: await pinged };
  },
};

async function main() {
  await events.once(session, 'remoteSettings');
  const facts = await cases[chosen]();
  if (facts !== undefined) console.log(JSON.stringify(facts));
  session.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
