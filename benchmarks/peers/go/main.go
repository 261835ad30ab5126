// Go's net/http behind the routes of benchmarks/arena.cpp: main PORT
package main

import (
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
)

var piece = []byte(strings.Repeat("x", 64*1024))

func answer(w http.ResponseWriter, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	io.WriteString(w, body)
}

func constant(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { answer(w, contentType, body) }
}

func number(text string) int64 {
	value, _ := strconv.ParseInt(text, 10, 64)
	return value
}

func sum(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	total := number(query.Get("a")) + number(query.Get("b"))
	if r.Method == http.MethodPost {
		body, _ := io.ReadAll(r.Body)
		total += number(string(body))
	}
	answer(w, "text/plain", strconv.FormatInt(total, 10))
}

func upload(w http.ResponseWriter, r *http.Request) {
	size, _ := io.Copy(io.Discard, r.Body)
	answer(w, "text/plain", strconv.FormatInt(size, 10))
}

func bytes(w http.ResponseWriter, r *http.Request) {
	left := number(strings.TrimPrefix(r.URL.Path, "/bytes/"))
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.FormatInt(left, 10))
	for left > 0 {
		size := int64(len(piece))
		if left < size {
			size = left
		}
		if _, err := w.Write(piece[:size]); err != nil {
			return
		}
		left -= size
	}
}

func main() {
	http.HandleFunc("/plaintext", constant("text/plain", "Hello, World!"))
	http.HandleFunc("/json", constant("application/json", `{"message":"Hello, World!"}`))
	http.HandleFunc("/pipeline", constant("text/plain", "ok"))
	http.HandleFunc("/baseline11", sum)
	http.HandleFunc("/upload", upload)
	http.HandleFunc("/bytes/", bytes)
	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
