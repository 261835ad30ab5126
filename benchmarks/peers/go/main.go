// Go's net/http behind the routes of benchmarks/arena.cpp: main PORT
// With TLS_CERT and TLS_KEY in the environment, the port is for TLS; with DATASET_PATH, /json/N is there.
package main

import (
	"encoding/json"
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

type item struct {
	Id       int64    `json:"id"`
	Name     string   `json:"name"`
	Category string   `json:"category"`
	Price    int64    `json:"price"`
	Quantity int64    `json:"quantity"`
	Active   bool     `json:"active"`
	Tags     []string `json:"tags"`
	Rating   struct {
		Score int64 `json:"score"`
		Count int64 `json:"count"`
	} `json:"rating"`
}

type pricedItem struct {
	item
	Total int64 `json:"total"`
}

type pricedItems struct {
	Items []pricedItem `json:"items"`
	Count int          `json:"count"`
}

func readItems(path string) (items []item) {
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &items)
	}
	if err != nil {
		panic(err)
	}
	return
}

func price(items []item) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		count := int(number(strings.TrimPrefix(r.URL.Path, "/json/")))
		if count > len(items) {
			count = len(items)
		}
		factor := number(r.URL.Query().Get("m"))
		priced := pricedItems{make([]pricedItem, count), count}
		for index := range priced.Items {
			own := items[index]
			priced.Items[index] = pricedItem{own, own.Price * own.Quantity * factor}
		}
		text, _ := json.Marshal(priced)
		answer(w, "application/json", string(text))
	}
}

func main() {
	http.HandleFunc("/plaintext", constant("text/plain", "Hello, World!"))
	http.HandleFunc("/json", constant("application/json", `{"message":"Hello, World!"}`))
	http.HandleFunc("/pipeline", constant("text/plain", "ok"))
	http.HandleFunc("/baseline11", sum)
	http.HandleFunc("/upload", upload)
	http.HandleFunc("/bytes/", bytes)
	if path := os.Getenv("DATASET_PATH"); path != "" {
		http.HandleFunc("/json/", price(readItems(path)))
	}
	address := "127.0.0.1:" + os.Args[1]
	if chain := os.Getenv("TLS_CERT"); chain != "" {
		panic(http.ListenAndServeTLS(address, chain, os.Getenv("TLS_KEY"), nil))
	}
	panic(http.ListenAndServe(address, nil))
}
