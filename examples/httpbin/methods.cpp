#include "facts.hpp"
#include "parts.hpp"

namespace httpbin {
namespace {

struct AnythingFacts : WholeFacts {
  std::string method;
};
BOOST_DESCRIBE_STRUCT(AnythingFacts, (WholeFacts), (method))

struct User {
  int id = 0;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(User, (), (id, name))

gyre::Json<RequestFacts> get(const gyre::Request& request) { return gyre::Json{facts_of(request)}; }

/// Takes the body as it arrives: a form with files is not held twice.
gyre::Task<gyre::Json<WholeFacts>> with_body(gyre::Request& request, gyre::Body) {
  WholeFacts facts = co_await whole_facts_of(request);
  co_return gyre::Json{std::move(facts)};
}

gyre::Task<gyre::Json<AnythingFacts>> anything(gyre::Request& request, gyre::Body) {
  WholeFacts whole = co_await whole_facts_of(request);
  AnythingFacts facts;
  static_cast<WholeFacts&>(facts) = std::move(whole);
  facts.method = request.head().method_text();
  co_return gyre::Json{std::move(facts)};
}

/// What a page elsewhere makes a browser send must not come back as a page of this service: hence `nosniff`.
gyre::Response echo(const gyre::Request& request) {
  const std::string_view type = request.header(gyre::FieldId::content_type);
  return gyre::Content{type.empty() ? "application/octet-stream" : type, request.body()}.with("X-Content-Type-Options",
                                                                                              "nosniff");
}

gyre::Json<User> user(gyre::Path<int, "id"> id) { return gyre::Json{User{*id, "user " + std::to_string(*id)}}; }

}  // namespace

void add_methods(gyre::App& app) {
  app.get("/get", get);
  app.post("/post", with_body);
  app.put("/put", with_body);
  app.patch("/patch", with_body);
  app.delete_("/delete", with_body);
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"}) {
    app.route(method, "/anything", anything);
    app.route(method, "/anything/{path...}", [](gyre::Path<std::string_view>, gyre::Request& request, gyre::Body body) {
      return anything(request, body);
    });
  }
  app.post("/echo", echo);
  app.get("/users/{id}", user);
}

}  // namespace httpbin
