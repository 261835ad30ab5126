// What fetch and undici see of a server: node node_undici.js CASE URL [ARGUMENT]. Prints facts as JSON, which
// node_cases.py judges. fetch is node's own; undici is Debian's package.
'use strict';

const crypto = require('crypto');
const diagnostics = require('diagnostics_channel');
const fs = require('fs');
const { Readable } = require('stream');
const undici = require('undici');

const [, , chosen, url, argument] = process.argv;

let connections = 0;
diagnostics.channel('undici:client:connected').subscribe(() => ++connections);

async function digest(body) {
  const hash = crypto.createHash('sha256');
  for await (const piece of body) hash.update(piece);
  return hash.digest('hex');
}

const file = () => '?path=' + encodeURIComponent(argument);
const streamed = (path) => ({ method: 'POST', body: Readable.toWeb(fs.createReadStream(path)), duplex: 'half' });

/** What reading a body failed with; null if it did not. */
async function failure(body) {
  try {
    await digest(body);
    return null;
  } catch (error) {
    return error.cause ? error.cause.code : error.code;
  }
}

const fetching = {
  async keep_alive() {
    const bodies = [];
    for (let turn = 0; turn < 5; ++turn) bodies.push(await (await fetch(url + '/plaintext')).text());
    bodies.push(await (await fetch(url + '/plaintext', { method: 'POST', body: 'posted' })).text());
    return { bodies, connections };
  },

  async head() {
    const answer = await fetch(url + '/plaintext', { method: 'HEAD' });
    return { status: answer.status, length: answer.headers.get('content-length'), body: await answer.text() };
  },

  async post_with_length() {
    const answer = await fetch(url + '/upload', { method: 'POST', body: fs.readFileSync(argument) });
    return { body: await answer.text() };
  },

  async chunked_upload() {
    return { body: await (await fetch(url + '/upload', streamed(argument))).text() };
  },

  async download_with_length() {
    const answer = await fetch(url + '/file' + file());
    return { length: answer.headers.get('content-length'), digest: await digest(answer.body) };
  },

  async chunked_download() {
    const answer = await fetch(url + '/chunked' + file());
    return { length: answer.headers.get('content-length'), digest: await digest(answer.body) };
  },

  async server_sent_events() {
    const answer = await fetch(url + '/events', { headers: { 'Last-Event-ID': '7' } });
    console.log(answer.headers.get('content-type'));
    for await (const piece of answer.body) process.stdout.write(piece);
    return undefined;
  },

  async aborted_download() {
    return { error: await failure((await fetch(url + argument)).body) };
  },
};

/** Runs with one client, one connection. */
async function with_client(options, work) {
  const client = new undici.Client(url, options);
  const facts = await work(client);
  await client.close();
  return facts;
}

const by_undici = {
  undici_pipelining: () => with_client({ pipelining: 10 }, async (client) => {
    const ask = async (number) => {
      const path = number % 3 === 0 ? '/hints' : `/lines/${number}`;
      const { statusCode, body } = await client.request({ path, method: 'GET' });
      const expected = number % 3 === 0 ? 'page\n' : Array.from({ length: number }, (_, line) => `${line}\n`).join('');
      return statusCode === 200 && (await body.text()) === expected;
    };
    const right = await Promise.all(Array.from({ length: 100 }, (_, number) => ask(number)));
    return { right: right.filter(Boolean).length, connections };
  }),

  undici_trailers: () => with_client({}, async (client) => {
    const body = Readable.from(['some ', 'text']);
    const answer = await client.request({ path: '/trailers', method: 'POST', body });
    return { body: await answer.body.text(), trailers: answer.trailers };
  }),

  undici_echo_while_sending: () => with_client({}, async (client) => {
    const hash = crypto.createHash('sha256');
    const source = fs.createReadStream(argument);
    const through = client.pipeline({ path: '/echo', method: 'POST' }, ({ body }) => body);
    source.pipe(through);
    for await (const piece of through) hash.update(piece);
    return { digest: hash.digest('hex') };
  }),

  undici_early_hints: () => with_client({}, async (client) => {
    const interim = [];
    const onInfo = ({ statusCode, headers }) => interim.push([statusCode, headers.link]);
    const answer = await client.request({ path: '/hints', method: 'GET', onInfo });
    return { interim, status: answer.statusCode, body: await answer.body.text() };
  }),

  undici_upgrade: () => with_client({}, async (client) => {
    const { headers, socket } = await client.upgrade({ path: '/shout', protocol: 'shout/1' });
    socket.write('banana');
    let reply = '';
    for await (const piece of socket) {
      reply += piece;
      if (reply.length === 6) break;
    }
    return { protocol: headers.upgrade, reply };
  }),

  undici_unix_socket: () => with_client({ socketPath: argument }, async (client) => {
    const answer = await client.request({ path: '/plaintext', method: 'GET' });
    return { body: await answer.body.text() };
  }),

  undici_aborted_download: () => with_client({}, async (client) => {
    const answer = await client.request({ path: argument, method: 'GET' });
    return { error: await failure(answer.body) };
  }),
};

async function main() {
  const facts = await { ...fetching, ...by_undici }[chosen]();
  if (facts !== undefined) console.log(JSON.stringify(facts));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
