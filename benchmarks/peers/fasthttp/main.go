// fasthttp behind the routes of benchmarks/arena.cpp: main PORT
package main

import (
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/valyala/fasthttp"
)

var piece = []byte(strings.Repeat("x", 64*1024))

type pieces struct{}

func (pieces) Read(into []byte) (int, error) { return copy(into, piece), nil }

func answer(ctx *fasthttp.RequestCtx, contentType, body string) {
	ctx.SetContentType(contentType)
	ctx.SetBodyString(body)
}

func number(text []byte) int64 {
	value, _ := strconv.ParseInt(string(text), 10, 64)
	return value
}

func body(ctx *fasthttp.RequestCtx) io.Reader {
	if stream := ctx.RequestBodyStream(); stream != nil {
		return stream
	}
	return strings.NewReader(string(ctx.PostBody()))
}

func sum(ctx *fasthttp.RequestCtx) {
	query := ctx.QueryArgs()
	total := number(query.Peek("a")) + number(query.Peek("b"))
	if ctx.IsPost() {
		text, _ := io.ReadAll(body(ctx))
		total += number(text)
	}
	answer(ctx, "text/plain", strconv.FormatInt(total, 10))
}

func upload(ctx *fasthttp.RequestCtx) {
	size, _ := io.Copy(io.Discard, body(ctx))
	answer(ctx, "text/plain", strconv.FormatInt(size, 10))
}

func handle(ctx *fasthttp.RequestCtx) {
	switch path := string(ctx.Path()); path {
	case "/plaintext":
		answer(ctx, "text/plain", "Hello, World!")
	case "/json":
		answer(ctx, "application/json", `{"message":"Hello, World!"}`)
	case "/pipeline":
		answer(ctx, "text/plain", "ok")
	case "/baseline11":
		sum(ctx)
	case "/upload":
		upload(ctx)
	default:
		if !strings.HasPrefix(path, "/bytes/") {
			ctx.Error("not found", fasthttp.StatusNotFound)
			return
		}
		size := number([]byte(strings.TrimPrefix(path, "/bytes/")))
		ctx.SetContentType("application/octet-stream")
		ctx.SetBodyStream(io.LimitReader(pieces{}, size), int(size))
	}
}

func main() {
	server := &fasthttp.Server{Handler: handle, StreamRequestBody: true, MaxRequestBodySize: 1 << 30}
	panic(server.ListenAndServe("127.0.0.1:" + os.Args[1]))
}
