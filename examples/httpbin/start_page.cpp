#include "endpoints.hpp"
#include "parts.hpp"

#include <gyre/gyre.hpp>

#include <string>
#include <string_view>

namespace httpbin {
namespace {

constexpr std::string_view style = R"(
:root { color-scheme: light dark; --back: #f6f8fa; --card: #fff; --line: #d8dee4; --text: #1f2328; --soft: #59636e;
  --link: #0b5cad; --get: #116b5c; --post: #9a4a00; --any: #6639ba; }
@media (prefers-color-scheme: dark) { :root { --back: #0d1117; --card: #151b23; --line: #30363d; --text: #e6edf3;
  --soft: #9198a1; --link: #6cb6ff; --get: #4fd1b8; --post: #f0a35e; --any: #b99cf5; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
header, main { max-width: 76rem; margin: 0 auto; padding: 0 1rem; }
header { display: flex; align-items: center; gap: 1rem; padding-top: 2rem; padding-bottom: 1.5rem; }
header img { width: 4rem; height: 4rem; }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; }
h2 { margin: 0 0 .6rem; font-size: 1.05rem; }
p { margin: 0; color: var(--soft); }
a { color: var(--link); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
code, pre, input, select, textarea { font: .875rem/1.5 ui-monospace, monospace; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem;
  margin-bottom: 1rem; break-inside: avoid; }
#groups { columns: 26rem; column-gap: 1rem; padding-bottom: 1rem; }
ul { list-style: none; margin: 0; padding: 0; }
li { display: grid; grid-template-columns: 4rem 1fr; padding: .3rem 0; border-top: 1px solid var(--line); }
li:first-child { border-top: 0; }
li a { overflow-wrap: anywhere; }
li span { grid-column: 2; color: var(--soft); font-size: .875rem; }
b { font-size: .75rem; line-height: 1.9; color: var(--any); }
b.GET { color: var(--get); }
b.POST, b.PUT, b.PATCH, b.DELETE { color: var(--post); }
form { display: grid; grid-template-columns: auto 1fr auto; gap: .5rem; }
textarea { grid-column: 1 / -1; resize: vertical; min-height: 3.6rem; }
input, select, textarea { min-width: 0; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: .4rem;
  background: var(--back); color: inherit; }
button { padding: .4rem 1.1rem; border: 0; border-radius: .4rem; background: var(--link); color: var(--card);
  font: inherit; cursor: pointer; }
pre { margin: .8rem 0 0; max-height: 24rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
pre:empty { display: none; }
)";

constexpr std::string_view script = R"(
const form = document.forms.request, output = document.getElementById('output');
function legible(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
document.addEventListener('click', event => {
  const link = event.target.closest('[data-method]');
  if (!link) return;
  event.preventDefault();
  form.elements.verb.value = link.dataset.method;
  form.elements.target.value = link.getAttribute('href');
  form.scrollIntoView({ block: 'center' });
  form.requestSubmit();
});
form.addEventListener('submit', async event => {
  event.preventDefault();
  const method = form.elements.verb.value, body = form.elements.content.value;
  output.textContent = '…';
  try {
    const begun = performance.now();
    const answer = await fetch(form.elements.target.value, { method, body: method === 'GET' ? undefined : body });
    const text = await answer.text();
    const fields = [...answer.headers].map(([name, value]) => `${name}: ${value}\n`).join('');
    const time = Math.round(performance.now() - begun);
    const shown = legible(text).slice(0, 20000);
    output.textContent = `${answer.status} ${answer.statusText} (${time} ms)\n${fields}\n${shown}`;
  } catch (error) {
    output.textContent = String(error);
  }
});
)";

constexpr std::string_view beginning = R"(</style>
</head>
<body>
<header>
<img src="/image/svg" alt="">
<div><h1>httpbin</h1><p>Answers with what it was asked, for trying out HTTP clients. Served by gyre.</p></div>
</header>
<main>
<section>
<h2>Try it</h2>
<form name="request">
<select name="verb" aria-label="Method"><option>GET<option>POST<option>PUT<option>PATCH<option>DELETE</select>
<input name="target" value="/get?tide=high" aria-label="Target" spellcheck="false">
<button>Send</button>
<textarea name="content" aria-label="Body" placeholder="A body, for methods other than GET" rows="2"></textarea>
</form>
<pre id="output" aria-live="polite"></pre>
</section>
<div id="groups">
)";

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c; break;
    }
  }
}

/// What a link cannot do is tried in the form instead.
void append_line(std::string& page, const EndpointLine& line) {
  page.append("<li><b class=\"").append(line.method).append("\">").append(line.method).append("</b><a href=\"");
  append_escaped(page, line.example);
  page += '"';
  const bool opens = line.method == "GET" || line.method == "ANY";
  if (!opens) page.append(" data-method=\"").append(line.method).append("\"");
  page += "><code>";
  append_escaped(page, line.pattern);
  page += "</code></a><span>";
  append_escaped(page, line.text);
  page += "</span></li>\n";
}

std::string render() {
  std::string page = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>httpbin on gyre</title>\n";
  page.append("<link rel=\"icon\" href=\"/image/svg\">\n<style>").append(style).append(beginning);
  for (const EndpointGroup& group : endpoint_groups()) {
    page.append("<section>\n<h2>").append(group.title).append("</h2>\n<ul>\n");
    for (const EndpointLine& line : group.lines) append_line(page, line);
    page += "</ul>\n</section>\n";
  }
  page.append("</div>\n</main>\n<script>").append(script).append("</script>\n</body>\n</html>\n");
  return page;
}

}  // namespace

void add_start_page(gyre::App& app) {
  app.get("/", [page = render()] {
    return gyre::Html{std::string_view{page}}.with(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
        "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  });
}

}  // namespace httpbin
