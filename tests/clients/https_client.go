// What Go's net/http sees of examples/httpbin: https_client URL 1.2|1.3. Prints a line for each fact.
package main

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	url := os.Args[1]
	version := uint16(tls.VersionTLS13)
	if os.Args[2] == "1.2" {
		version = tls.VersionTLS12
	}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{
			MinVersion:         version,
			MaxVersion:         version,
			ClientSessionCache: tls.NewLRUClientSessionCache(8),
		},
		ForceAttemptHTTP2: true,
	}
	client := &http.Client{Transport: transport}

	first, err := client.Get(url + "/get")
	check(err)
	_, err = io.Copy(io.Discard, first.Body)
	check(err)
	first.Body.Close()
	fmt.Printf("version %x %s resumed %t\n", first.TLS.Version, first.TLS.NegotiatedProtocol, first.TLS.DidResume)

	reused := false
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { reused = info.Reused }}
	sent := bytes.Repeat([]byte("sea"), 300000)
	request, err := http.NewRequest("POST", url+"/echo", bytes.NewReader(sent))
	check(err)
	request = request.WithContext(httptrace.WithClientTrace(request.Context(), trace))
	second, err := client.Do(request)
	check(err)
	echoed, err := io.ReadAll(second.Body)
	check(err)
	second.Body.Close()
	fmt.Printf("echoed %d %t\nreused %t\n", len(echoed), bytes.Equal(echoed, sent), reused)

	transport.CloseIdleConnections()
	third, err := client.Get(url + "/get")
	check(err)
	third.Body.Close()
	fmt.Printf("resumed %t\n", third.TLS.DidResume)
}
