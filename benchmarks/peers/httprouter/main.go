// httprouter with the routes of a file ("GET /users/{id}" a line): main PORT FILE serves them on net/http; main lookup
// FILE SECONDS prints what a look-up of each costs: "nanoseconds=N allocations=N bytes=N", the mean over all.
package main

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/julienschmidt/httprouter"
)

type route struct{ method, pattern string }

func read(name string) (routes []route) {
	text, err := os.ReadFile(name)
	if err != nil {
		panic(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		method, pattern, _ := strings.Cut(line, " ")
		routes = append(routes, route{method, pattern})
	}
	return routes
}

type nowhere struct{ header http.Header }

func (w *nowhere) Header() http.Header             { return w.header }
func (w *nowhere) Write(bytes []byte) (int, error) { return len(bytes), nil }
func (w *nowhere) WriteHeader(int)                 {}

func lookUp(router *httprouter.Router, routes []route, seconds float64) {
	var requests []*http.Request
	for _, r := range routes {
		// A placeholder's own name is its value: httprouter's benchmarks do the same.
		path := strings.NewReplacer("{", "", "}", "").Replace(r.pattern)
		request, err := http.NewRequest(r.method, path, nil)
		if err != nil {
			panic(err)
		}
		requests = append(requests, request)
	}
	w := &nowhere{header: http.Header{}}
	pass := func() {
		for _, request := range requests {
			router.ServeHTTP(w, request)
		}
	}
	pass()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	count := 0
	start := time.Now()
	for time.Since(start).Seconds() < seconds {
		pass()
		count += len(requests)
	}
	spent := time.Since(start)
	runtime.ReadMemStats(&after)
	each := func(total uint64) float64 { return float64(total) / float64(count) }
	fmt.Printf("nanoseconds=%.2f allocations=%.3f bytes=%.1f\n", each(uint64(spent.Nanoseconds())),
		each(after.Mallocs-before.Mallocs), each(after.TotalAlloc-before.TotalAlloc))
}

func main() {
	lookingUp := os.Args[1] == "lookup"
	handle := func(w http.ResponseWriter, r *http.Request, ps httprouter.Params) {
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Content-Length", "2")
		w.Write([]byte("ok"))
	}
	if lookingUp {
		handle = func(http.ResponseWriter, *http.Request, httprouter.Params) {}
	}
	router := httprouter.New()
	routes := read(os.Args[2])
	for _, r := range routes {
		router.Handle(r.method, strings.NewReplacer("{", ":", "}", "").Replace(r.pattern), handle)
	}
	if lookingUp {
		seconds, _ := strconv.ParseFloat(os.Args[3], 64)
		lookUp(router, routes, seconds)
		return
	}
	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], router))
}
