//! A server of our own for a test, and an HTTP client that sends whatever it is told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Nothing is waited for by the clock: this is how long a busy machine may take for any one thing.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A running server, with one Python on its path and a folder for temporary files.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    pub(crate) token: String,
    /// `name=value`, as the token got it.
    pub(crate) cookie: String,
    place: TempDir,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Server {
    /// Starts one, and gets in as a browser does.
    pub(crate) fn start() -> Server {
        let place = tempfile::tempdir().expect("a temporary folder");
        let bin = place.path().join("bin");
        for folder in [&bin, &place.path().join("temp")] {
            std::fs::create_dir(folder).expect("made");
        }
        symlink(python(), bin.join("python3")).expect("linked");
        let mut child = Command::new(env!("CARGO_BIN_EXE_trilane"))
            .args(["serve", "--port", "0"])
            .env("PATH", &bin)
            .env("HOME", place.path())
            .env("TMPDIR", place.path().join("temp"))
            .env_remove("PYENV_ROOT")
            .env_remove("UV_PYTHON_INSTALL_DIR")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        let pipe = child.stdout.take().expect("its output is a pipe");
        BufReader::new(pipe)
            .read_line(&mut line)
            .expect("it prints");
        let address = line.split_once("http://127.0.0.1:").expect("its address").1;
        let (port, rest) = address.split_once("/?token=").expect("with a token");
        let mut server = Server {
            child,
            port: port.parse().expect("a port"),
            token: rest[..64].to_owned(),
            cookie: String::new(),
            place,
        };
        let answer = server.ask("GET", &format!("/?token={}", server.token), &[], b"");
        let cookie = answer.header("set-cookie").expect("a cookie");
        server.cookie = cookie.split(';').next().expect("a pair").to_owned();
        server
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The page's origin.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.host())
    }

    /// A folder of the test's own.
    pub(crate) fn place(&self) -> PathBuf {
        self.place.path().to_owned()
    }

    /// Where runs put their files, whose paths stand in the command lines of their processes.
    pub(crate) fn temp(&self) -> PathBuf {
        self.place.path().join("temp")
    }

    /// A connection, without a word said.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        stream
    }

    /// Sends bytes and reads the answer to its end. What follows an early answer may not be taken.
    pub(crate) fn send(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect();
        let _ = stream.write_all(bytes);
        Answer::read(stream)
    }

    /// A request with these headers and no others but `Host` and the body's length.
    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let host = self.host();
        let mut all = vec![("Host", host.as_str())];
        all.extend(headers);
        self.send(&[&request(method, path, &all, body.len())[..], body].concat())
    }

    /// A request as our own page sends it.
    pub(crate) fn page(&self, method: &str, path: &str, body: &str) -> Answer {
        let origin = self.origin();
        let mut headers = vec![
            ("Cookie", self.cookie.as_str()),
            ("Sec-Fetch-Site", "same-origin"),
            ("Content-Type", "application/json"),
        ];
        if method != "GET" {
            headers.push(("Origin", &origin));
        }
        self.ask(method, path, &headers, body.as_bytes())
    }

    /// Puts a job into the queue, and gives its number.
    pub(crate) fn job(&self, what: &str, body: &Value) -> u64 {
        let answer = self.page("POST", &format!("/api/v1/{what}"), &body.to_string());
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer.json()["id"].as_u64().expect("a number")
    }

    /// Listens to a job.
    pub(crate) fn events(&self, id: u64) -> Events {
        let mut stream = self.connect();
        let headers = [
            ("Host", self.host()),
            ("Cookie", self.cookie.clone()),
            ("Sec-Fetch-Site", "same-origin".to_owned()),
        ];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let bytes = request("GET", &format!("/api/v1/jobs/{id}/events"), &headers, 0);
        stream.write_all(&bytes).expect("sent");
        Events(BufReader::new(stream))
    }

    /// Processes that run for this server, waited for until so many are there.
    #[track_caller]
    pub(crate) fn has_children(&self, enough: impl Fn(usize) -> bool) {
        let temp = self.temp().display().to_string();
        let deadline = Instant::now() + PATIENCE;
        while !enough(children(&temp)) {
            assert!(Instant::now() < deadline, "{} children", children(&temp));
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends it a signal, and gives how it ended.
    pub(crate) fn end(&mut self, signal: &str) -> ExitStatus {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.expect("kill").success());
        self.child.wait().expect("it ends")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Children of it end with it, by their own lifeline.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The machine's own, behind whatever shims.
fn python() -> &'static str {
    static PYTHON: OnceLock<String> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let told = Command::new("python3")
            .args(["-c", "import sys; print(sys.executable, end='')"])
            .output();
        String::from_utf8(told.expect("python3").stdout).expect("a path in UTF-8")
    })
}

/// Processes whose command line names this folder.
fn children(marker: &str) -> usize {
    let all = std::fs::read_dir("/proc").expect("Linux");
    let lines = all.filter_map(|entry| std::fs::read(entry.ok()?.path().join("cmdline")).ok());
    lines
        .filter(|line| String::from_utf8_lossy(line).contains(marker))
        .count()
}

/// A request's head.
pub(crate) fn request(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    length: usize,
) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if length > 0 {
        text.push_str(&format!("Content-Length: {length}\r\n"));
    }
    (text + "\r\n").into_bytes()
}

impl Answer {
    /// All that comes until the server hangs up.
    pub(crate) fn read(mut stream: TcpStream) -> Answer {
        let mut bytes = Vec::new();
        // It may hang up on what we still say; what it has said by then counts.
        let _ = stream.read_to_end(&mut bytes);
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.expect("a whole head");
        let head = String::from_utf8(bytes[..end].to_vec()).expect("ASCII");
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
        Answer {
            status: status.expect("a status"),
            head,
            body: bytes[end + 4..].to_vec(),
        }
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1);
        lines
            .filter_map(|line| line.split_once(": "))
            .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    }

    /// The names of all headers.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        let lines = self.head.lines().skip(1);
        lines.filter_map(|line| Some(line.split_once(": ")?.0.to_lowercase()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("JSON: {}", self.text()))
    }
}

/// The events of a job, as they come. Dropped, it hangs up.
pub(crate) struct Events(BufReader<TcpStream>);

impl Iterator for Events {
    type Item = (String, Value);

    fn next(&mut self) -> Option<(String, Value)> {
        let mut name = None;
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).expect("it goes on") == 0 {
                return None;
            }
            if let Some(event) = line.strip_prefix("event: ") {
                name = Some(event.trim_end().to_owned());
            }
            if let (Some(name), Some(data)) = (&name, line.strip_prefix("data: ")) {
                return Some((name.clone(), serde_json::from_str(data).expect("JSON")));
            }
        }
    }
}

impl Events {
    /// The event that ends it.
    pub(crate) fn last_event(self) -> (String, Value) {
        self.last().expect("it ends with an event")
    }
}
