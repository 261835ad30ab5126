// What stands beside tls_trap.cpp: net/http with a certificate provider that takes 10 ms.
//
//	tls_trap_go uncached|cached|locked CHAIN KEY
//
// uncached: each handshake asks the provider. cached: what it has said is kept by name, and concurrent misses share a
// call. locked: it holds one lock for all names while it waits. For fast.example it takes no time, for slow.example
// 2 s.
package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

type provider func(hello *tls.ClientHelloInfo) (*tls.Certificate, error)

func slow(certificate *tls.Certificate) provider {
	return func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		switch hello.ServerName {
		case "fast.example":
		case "slow.example":
			time.Sleep(2 * time.Second)
		default:
			time.Sleep(10 * time.Millisecond)
		}
		return certificate, nil
	}
}

func locked(ask provider) provider {
	var mutex sync.Mutex
	return func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		mutex.Lock()
		defer mutex.Unlock()
		return ask(hello)
	}
}

type entry struct {
	once        sync.Once
	certificate *tls.Certificate
	err         error
}

func cached(ask provider) provider {
	var entries sync.Map
	return func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		found, _ := entries.LoadOrStore(hello.ServerName, &entry{})
		known := found.(*entry)
		known.once.Do(func() { known.certificate, known.err = ask(hello) })
		return known.certificate, known.err
	}
}

func main() {
	certificate, err := tls.LoadX509KeyPair(os.Args[2], os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	ask := slow(&certificate)
	switch os.Args[1] {
	case "cached":
		ask = cached(ask)
	case "locked":
		ask = locked(ask)
	}
	http.HandleFunc("/plaintext", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, "Hello, World!")
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	server := &http.Server{
		TLSConfig: &tls.Config{GetCertificate: ask, MinVersion: tls.VersionTLS12},
		ErrorLog:  log.New(io.Discard, "", 0),
	}
	log.Fatal(server.ServeTLS(listener, "", ""))
}
