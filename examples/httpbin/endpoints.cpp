#include "endpoints.hpp"

namespace httpbin {
namespace {

constexpr EndpointLine methods[] = {
    {"GET", "/get", "/get?tide=high&tide=low", "the head of the request: args, headers, origin, url"},
    {"POST", "/post", "/post", "the head, and the body: data, form, files, json"},
    {"PUT", "/put", "/put", "as /post"},
    {"PATCH", "/patch", "/patch", "as /post"},
    {"DELETE", "/delete", "/delete", "as /post"},
    {"ANY", "/anything/{path...}", "/anything/at/all", "as /post, and the method"},
    {"POST", "/echo", "/echo", "the body as it came"},
    {"GET", "/users/{id}", "/users/7", "a user, of a typed path"},
};
constexpr EndpointLine inspection[] = {
    {"GET", "/headers", "/headers", "the header fields"},
    {"GET", "/ip", "/ip", "where the connection comes from"},
    {"GET", "/user-agent", "/user-agent", "what the client calls itself"},
};
constexpr EndpointLine statuses[] = {
    {"ANY", "/status/{codes}", "/status/418", "that status; one of several by weight: 200:3,500:1"},
};
constexpr EndpointLine streams[] = {
    {"ANY", "/delay/{seconds}", "/delay/1.5", "answers later, after 10 s at most"},
    {"GET", "/drip", "/drip?duration=2&numbytes=10", "bytes that drip; also code and delay"},
    {"GET", "/stream/{count}", "/stream/3", "lines of JSON, 100 at most"},
    {"GET", "/bytes/{count}", "/bytes/64?seed=1", "random bytes, 100 KiB at most"},
    {"GET", "/stream-bytes/{count}", "/stream-bytes/64?seed=1&chunk_size=16", "the same in chunks"},
    {"GET", "/range/{size}", "/range/26", "letters, with ranges and an ETag; also duration and chunk_size"},
    {"GET", "/links/{count}/{offset}", "/links/10/0", "a page of links"},
};
constexpr EndpointLine redirects[] = {
    {"GET", "/redirect/{count}", "/redirect/3", "so many redirects; with absolute=true to whole URLs"},
    {"GET", "/relative-redirect/{count}", "/relative-redirect/3", "to paths"},
    {"GET", "/absolute-redirect/{count}", "/absolute-redirect/3", "to whole URLs"},
    {"ANY", "/redirect-to", "/redirect-to?url=%2Fget&status_code=307", "to wherever url says"},
};
constexpr EndpointLine cookies[] = {
    {"GET", "/cookies", "/cookies", "the cookies"},
    {"GET", "/cookies/set", "/cookies/set?tide=high", "sets those of the query"},
    {"GET", "/cookies/set/{name}/{value}", "/cookies/set/tide/low", "sets one"},
    {"GET", "/cookies/delete", "/cookies/delete?tide", "removes those of the query"},
};
constexpr EndpointLine auth[] = {
    {"GET", "/basic-auth/{user}/{password}", "/basic-auth/ada/pass", "401 without these"},
    {"GET", "/hidden-basic-auth/{user}/{password}", "/hidden-basic-auth/ada/pass", "404 without these"},
    {"GET", "/bearer", "/bearer", "401 without a token"},
    {"GET", "/digest-auth/{qop}/{user}/{password}", "/digest-auth/auth/ada/pass", "MD5"},
    {"GET", "/digest-auth/{qop}/{user}/{password}/{algorithm}", "/digest-auth/auth/ada/pass/SHA-256",
     "also SHA-512 and SHA-512-256"},
    {"GET", "/digest-auth/{qop}/{user}/{password}/{algorithm}/{stale_after}", "/digest-auth/auth/ada/pass/MD5/2",
     "a nonce is good for so many requests"},
};
constexpr EndpointLine caches[] = {
    {"GET", "/cache", "/cache", "304 for whoever has it already"},
    {"GET", "/cache/{seconds}", "/cache/60", "may be kept so long"},
    {"GET", "/etag/{etag}", "/etag/shell", "If-Match and If-None-Match against that tag"},
    {"GET", "/response-headers", "/response-headers?X-Tide=high", "with the fields of the query; POST, too"},
};
constexpr EndpointLine encodings[] = {
    {"GET", "/gzip", "/gzip", "packed with gzip"},        {"GET", "/deflate", "/deflate", "packed with deflate"},
    {"GET", "/brotli", "/brotli", "packed with brotli"},  {"GET", "/base64/{text}", "/base64/aHR0cGJpbg==", "decoded"},
    {"GET", "/uuid", "/uuid", "a new one, of version 4"},
};
constexpr EndpointLine formats[] = {
    {"GET", "/html", "/html", "a page"},
    {"GET", "/json", "/json", "a slide show"},
    {"GET", "/xml", "/xml", "the slide show"},
    {"GET", "/encoding/utf8", "/encoding/utf8", "text in many scripts"},
    {"GET", "/forms/post", "/forms/post", "a form, sent to /post"},
    {"GET", "/robots.txt", "/robots.txt", "who may read what"},
    {"GET", "/deny", "/deny", "what robots may not read"},
};
constexpr EndpointLine images[] = {
    {"GET", "/image", "/image", "in the format that Accept wants"},
    {"GET", "/image/png", "/image/png", "PNG"},
    {"GET", "/image/jpeg", "/image/jpeg", "JPEG"},
    {"GET", "/image/webp", "/image/webp", "WebP"},
    {"GET", "/image/svg", "/image/svg", "SVG"},
};

constexpr EndpointGroup groups[] = {
    {"Methods", methods},     {"What arrives", inspection}, {"Statuses", statuses},   {"Time and size", streams},
    {"Redirects", redirects}, {"Cookies", cookies},         {"Authentication", auth}, {"Caches and fields", caches},
    {"Encodings", encodings}, {"Formats", formats},         {"Images", images},
};

}  // namespace

std::span<const EndpointGroup> endpoint_groups() noexcept { return groups; }

}  // namespace httpbin
