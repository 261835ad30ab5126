// What Go's net/http sees of tests/clients/gallery.cpp by HTTP/2: http2_client URL. Prints a line for each fact.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"strings"
	"sync"
	"time"
)

var client = &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true}, Timeout: 15 * time.Second}
var url string

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func send(method, path string, body io.Reader, prepare func(*http.Request)) (*http.Response, error) {
	request, err := http.NewRequest(method, url+path, body)
	check(err)
	if prepare != nil {
		prepare(request)
	}
	return client.Do(request)
}

func ask(method, path string, body io.Reader, prepare func(*http.Request)) (*http.Response, []byte) {
	answer, err := send(method, path, body, prepare)
	check(err)
	text, err := io.ReadAll(answer.Body)
	check(err)
	answer.Body.Close()
	return answer, text
}

func bodies() {
	sent := bytes.Repeat([]byte("sea"), 400000)
	_, receipt := ask("PUT", "/upload", bytes.NewReader(sent), nil)
	fmt.Printf("uploaded %s\n", strings.Fields(string(receipt))[0])
	_, echoed := ask("POST", "/echo", struct{ io.Reader }{bytes.NewReader(sent)}, nil)
	fmt.Printf("echoed %d %t\n", len(echoed), bytes.Equal(echoed, sent))
}

func trailers() {
	answer, text := ask("POST", "/trailers", struct{ io.Reader }{strings.NewReader("text")}, func(request *http.Request) {
		request.Trailer = http.Header{"X-Sum": {"42"}}
	})
	fmt.Printf("trailers %s %s\n", text, answer.Trailer.Get("X-Sum"))
}

func hints() {
	interim := ""
	trace := &httptrace.ClientTrace{Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
		interim += fmt.Sprint(code, " ", header.Get("Link"))
		return nil
	}}
	_, text := ask("GET", "/hints", nil, func(request *http.Request) {
		*request = *request.WithContext(httptrace.WithClientTrace(request.Context(), trace))
	})
	fmt.Printf("hints %s, %s", interim, text)
}

func many() {
	var group sync.WaitGroup
	var mutex sync.Mutex
	right := 0
	connections := map[string]bool{}
	for number := 0; number < 300; number++ {
		group.Add(1)
		go func(number int) {
			defer group.Done()
			trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
				mutex.Lock()
				connections[info.Conn.LocalAddr().String()] = true
				mutex.Unlock()
			}}
			word := fmt.Sprint(number)
			_, text := ask("POST", "/plaintext", strings.NewReader(word), func(request *http.Request) {
				*request = *request.WithContext(httptrace.WithClientTrace(request.Context(), trace))
			})
			mutex.Lock()
			if string(text) == word {
				right++
			}
			mutex.Unlock()
		}(number)
	}
	group.Wait()
	fmt.Printf("right %d on more than 3 connections: %t\n", right, len(connections) > 3)
}

func refusals() {
	for _, path := range []string{"/nowhere", "/small", "/early"} {
		answer, err := send("POST", path, bytes.NewReader(make([]byte, 3000000)), nil)
		check(err)
		fmt.Printf("%s %d\n", path, answer.StatusCode)
		answer.Body.Close()
	}
	answer, err := send("GET", "/cut/length", nil, nil)
	if err == nil {
		_, err = io.ReadAll(answer.Body)
	}
	fmt.Printf("cut %t\n", err != nil && strings.Contains(err.Error(), "INTERNAL_ERROR"))
}

// The test says, by a line, that the request is at work.
func reset() {
	taken, cancel := context.WithCancel(context.Background())
	failed := make(chan error)
	go func() {
		_, err := send("GET", "/hold", nil, func(request *http.Request) { *request = *request.WithContext(taken) })
		failed <- err
	}()
	fmt.Scanln()
	cancel()
	fmt.Printf("taken back %t\n", <-failed != nil)
}

func main() {
	url = os.Args[1]
	first, text := ask("GET", "/plaintext", nil, nil)
	fmt.Printf("%s %d %s\n", first.Proto, first.StatusCode, text)
	head, text := ask("HEAD", "/plaintext", nil, nil)
	fmt.Printf("head %d %d\n", head.ContentLength, len(text))
	bodies()
	trailers()
	hints()
	many()
	refusals()
	reset()
	last, _ := ask("GET", "/plaintext", nil, nil)
	fmt.Printf("last %d\n", last.StatusCode)
}
