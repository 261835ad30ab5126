// What node's fetch sees of examples/httpbin: node httpbin_fetch.js CASE URL. Prints facts as JSON, which
// httpbin_cases.py judges.
'use strict';

const [, , chosen, url] = process.argv;

async function ask(path, options = {}) {
  return fetch(url + path, options);
}

async function json(path, options = {}) {
  return (await ask(path, options)).json();
}

const cases = {
  async methods() {
    const headers = { 'content-type': 'application/json' };
    const files = new FormData();
    files.append('a', '1');
    files.append('file', new Blob(['of text']), 'f.txt');
    const multipart = await json('/post', { method: 'POST', body: files });
    return {
      json: (await json('/put', { method: 'PUT', headers, body: '{"x": [1, 2]}' })).json,
      form: (await json('/post', { method: 'POST', body: new URLSearchParams({ a: '1', b: 'x y' }) })).form,
      multipart: { form: multipart.form, files: multipart.files },
      echo: await (await ask('/echo', { method: 'POST', body: 'as it came' })).text(),
    };
  },

  async redirects() {
    const answer = await ask('/absolute-redirect/3');
    return { redirected: answer.redirected, path: new URL(answer.url).pathname, status: answer.status };
  },

  async codings() {
    return {
      gzip: (await json('/gzip')).gzipped,
      deflate: (await json('/deflate')).deflated,
      brotli: (await json('/brotli')).brotli,
    };
  },

  async streams() {
    const lines = await (await ask('/stream/20')).text();
    const drip = await ask('/drip?duration=0.1');
    return {
      lines: lines.trim().split('\n').length,
      length: drip.headers.get('content-length'),
      drip: await drip.text(),
    };
  },
};

cases[chosen]().then((facts) => console.log(JSON.stringify(facts)));
