// hyper on one thread of tokio behind the routes of benchmarks/arena.cpp: hyper_peer PORT. It speaks HTTP/2 to those
// who begin with it.

use hyper::body::{Bytes, HttpBody};
use hyper::header::{HeaderValue, CONTENT_LENGTH, CONTENT_TYPE};
use hyper::service::{make_service_fn, service_fn};
use hyper::{Body, Method, Request, Response, Server, StatusCode};

static PIECE: [u8; 65536] = [b'x'; 65536];

fn answer(content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn number(text: &str) -> i64 {
    text.parse().unwrap_or(0)
}

async fn sum(request: Request<Body>) -> Result<Response<Body>, hyper::Error> {
    let mut total = 0;
    for pair in request.uri().query().unwrap_or("").split('&') {
        match pair.split_once('=') {
            Some(("a", value)) | Some(("b", value)) => total += number(value),
            _ => {}
        }
    }
    if request.method() == Method::POST {
        let body = hyper::body::to_bytes(request.into_body()).await?;
        total += number(std::str::from_utf8(&body).unwrap_or(""));
    }
    Ok(answer("text/plain", total.to_string()))
}

async fn upload(request: Request<Body>) -> Result<Response<Body>, hyper::Error> {
    let mut size = 0;
    let mut body = request.into_body();
    while let Some(piece) = body.data().await {
        size += piece?.len();
    }
    Ok(answer("text/plain", size.to_string()))
}

fn bytes(size: usize) -> Response<Body> {
    let (mut sender, body) = Body::channel();
    tokio::spawn(async move {
        let mut left = size;
        while left > 0 {
            let part = left.min(PIECE.len());
            if sender.send_data(Bytes::from_static(&PIECE[..part])).await.is_err() {
                return;
            }
            left -= part;
        }
    });
    let mut response = answer("application/octet-stream", body);
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(size));
    response
}

async fn handle(request: Request<Body>) -> Result<Response<Body>, hyper::Error> {
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/plaintext") => Ok(answer("text/plain", "Hello, World!")),
        (&Method::GET, "/json") => Ok(answer("application/json", r#"{"message":"Hello, World!"}"#)),
        (&Method::GET, "/pipeline") => Ok(answer("text/plain", "ok")),
        (_, "/baseline11") => sum(request).await,
        (&Method::POST, "/upload") => upload(request).await,
        (&Method::GET, path) if path.starts_with("/bytes/") => Ok(bytes(number(&path[7..]) as usize)),
        _ => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_FOUND;
            Ok(response)
        }
    }
}

fn main() {
    let port: u16 = std::env::args().nth(1).expect("PORT").parse().expect("PORT");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().expect("runtime");
    runtime.block_on(async {
        let service = make_service_fn(|_| async { Ok::<_, hyper::Error>(service_fn(handle)) });
        // By itself it would listen with a backlog of 128, and drop clients that connect together.
        let socket = tokio::net::TcpSocket::new_v4().expect("socket");
        socket.set_reuseaddr(true).expect("reuse");
        socket.bind(([127, 0, 0, 1], port).into()).expect("bind");
        let listener = socket.listen(4096).and_then(|listener| listener.into_std()).expect("listen");
        Server::from_tcp(listener)
            .expect("server")
            .tcp_nodelay(true)
            .http1_pipeline_flush(true)
            .serve(service)
            .await
            .expect("serve");
    });
}
