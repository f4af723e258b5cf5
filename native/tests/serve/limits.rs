//! Those who want too much, too slowly, or the wrong thing.

use std::io::{Read, Write};
use std::process::Command;

use serde_json::{Value, json};

use crate::server::{Answer, PATIENCE, Server, request};

/// A job that takes until it is ended.
fn long() -> Value {
    let scenario =
        "trilane = 1\ntitle = \"t\"\n[tasks.a]\ncount = 1\nsteps = [ { io = \"600s\" } ]\n";
    json!({ "scenario": scenario, "plans": ["sync"], "interpreters": ["rust"], "repeat": 1 })
}

/// The head of a request for a run.
fn head(server: &Server, more: &[(&str, &str)], length: usize) -> Vec<u8> {
    let (host, origin) = (server.host(), server.origin());
    let mut headers = vec![
        ("Host", host.as_str()),
        ("Origin", &origin),
        ("Cookie", &server.cookie),
        ("Content-Type", "application/json"),
    ];
    headers.extend(more);
    request("POST", "/api/v1/measure", &headers, length)
}

#[test]
fn a_body_of_more_than_a_mebibyte_is_refused() {
    let server = Server::start();
    let large = format!("{{\"scenario\": \"{}\"}}", "#".repeat(1 << 20));
    // By its length alone, before it is sent.
    let answer = server.send(&head(&server, &[], large.len()));
    assert_eq!(answer.status, 413, "{}", answer.text());
    // And where the length is not told.
    let mut stream = server.connect();
    stream
        .write_all(&head(&server, &[("Transfer-Encoding", "chunked")], 0))
        .expect("sent");
    for piece in large.as_bytes().chunks(1 << 16) {
        let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    let answer = Answer::read(stream);
    assert_eq!(answer.status, 413, "{}", answer.text());
    assert!(answer.text().contains("1048576"), "{}", answer.text());
}

#[test]
fn whoever_sends_slowly_is_hung_up_on_and_others_get_through() {
    let server = Server::start();
    // More than there are places for: silent ones, and some that stop within a line.
    let mut idle: Vec<_> = (0..100).map(|_| server.connect()).collect();
    for stream in idle.iter_mut().step_by(2) {
        stream.write_all(b"GET / HTTP/1.1\r\nHo").expect("sent");
    }
    let mut slow = server.connect();
    slow.write_all(&head(&server, &[], 100)).expect("sent");
    slow.write_all(b"{\"scenario\":").expect("sent");
    let answer = server.page("GET", "/api/v1/interpreters", "");
    assert_eq!(answer.status, 200);
    for mut stream in idle {
        let mut rest = Vec::new();
        // Closed, with or without a word.
        let _ = stream.read_to_end(&mut rest);
        assert!(!rest.starts_with(b"HTTP/1.1 2"));
    }
    let answer = Answer::read(slow);
    assert_eq!(answer.status, 408, "{}", answer.text());
}

#[test]
fn an_idle_connection_is_not_kept() {
    let server = Server::start();
    let mut stream = server.connect();
    let kept = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", server.host());
    stream.write_all(kept.as_bytes()).expect("sent");
    let mut all = Vec::new();
    stream.read_to_end(&mut all).expect("it ends well");
    assert!(all.starts_with(b"HTTP/1.1 403"));
}

#[test]
fn a_head_has_an_end() {
    let server = Server::start();
    let long = "x".repeat(100_000);
    let answer = server.ask("GET", "/", &[("Cookie", &long)], b"");
    assert_eq!(answer.status, 431);
}

#[test]
fn one_runs_eight_wait_and_the_next_is_told_to_come_again() {
    let server = Server::start();
    let first = server.job("measure", &long());
    let mut running = server.events(first);
    assert!(running.any(|(name, _)| name == "progress"), "it runs");
    let mut waiting: Vec<_> = (1..=8)
        .map(|ahead| {
            let mut events = server.events(server.job("measure", &long()));
            let (name, data) = events.next().expect("an event");
            assert_eq!((name.as_str(), &data["ahead"]), ("queued", &json!(ahead)));
            events
        })
        .collect();
    let answer = server.page("POST", "/api/v1/measure", &long().to_string());
    assert_eq!(answer.status, 429, "{}", answer.text());
    let seconds = answer.header("retry-after").expect("when to come again");
    assert!(seconds.parse::<u32>().expect("seconds") > 0);
    // Two leave the queue: the last moves up, and there is room again.
    let gone: Vec<u64> = vec![first + 3, first + 4];
    for id in gone {
        assert_eq!(
            server
                .page("DELETE", &format!("/api/v1/jobs/{id}"), "")
                .status,
            204
        );
    }
    let last = waiting.last_mut().expect("eight");
    assert!(last.any(|(_, data)| data["ahead"] == 6));
    server.job("measure", &long());
}

#[test]
fn what_is_wrong_is_said() {
    let server = Server::start();
    let check = |body: &str, status: u16, says: &str| {
        let answer = server.page("POST", "/api/v1/measure", body);
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
        let error = answer.json()["error"]
            .as_str()
            .expect("a reason")
            .to_owned();
        assert!(error.contains(says), "{body} should say {says:?}: {error}");
    };
    check("", 400, "EOF");
    check("{", 400, "line 1 column 1");
    check("[]", 400, "scenario");
    check("{}", 400, "missing field `scenario`");
    check(
        r#"{"scenario": "", "path": "/x"}"#,
        400,
        "unknown field `path`",
    );
    check(
        r#"{"scenario": "", "io": "disk"}"#,
        400,
        "unknown variant `disk`",
    );
    check(r#"{"scenario": "", "seed": -1}"#, 400, "-1");
    let with = |key: &str, value: Value| {
        let mut body = long();
        body[key] = value;
        body.to_string()
    };
    check(
        &with("plans", json!(["thraeds"])),
        422,
        "did you mean `threads`?",
    );
    check(&with("plans", json!(["threads@2.7"])), 422, "2.7");
    check(
        &with("repeat", json!(0)),
        422,
        "`repeat` is 0: give 1 to 1000",
    );
    check(&with("repeat", json!(1001)), 422, "1001");
    check(&with("timeout_s", json!(86_401)), 422, "86401");
    check(&with("cores", json!(1000)), 422, "this machine has");
    check(&with("plans", json!(vec!["sync"; 65])), 422, "at most 64");
    let rust = json!({ "interpreter": "rust" }).to_string();
    assert_eq!(server.page("POST", "/api/v1/calibrate", &rust).status, 422);
    // What only shows when it is its turn, as on the command line.
    let job = server.job(
        "measure",
        &serde_json::from_str(&with("plans", json!(["processes(300)"]))).expect("JSON"),
    );
    let (name, data) = server.events(job).last_event();
    assert_eq!((name.as_str(), &data["input"]), ("failed", &json!(true)));
    assert!(
        data["error"]
            .as_str()
            .expect("a reason")
            .starts_with("`processes(300"),
        "{data}"
    );
}

#[test]
fn a_broken_scenario_is_told_as_simulate_tells_it() {
    let server = Server::start();
    let text = "trilane = 1\ntitel = \"t\"\n[tasks.a]\ncount = 1\nsteps = [ { lock = \"bd\", steps = [] } ]\n";
    let file = server.place().join("scenario.toml");
    std::fs::write(&file, text).expect("written");
    let told = Command::new(env!("CARGO_BIN_EXE_trilane"))
        .args(["simulate", "scenario.toml"])
        .current_dir(server.place())
        .output()
        .expect("the binary starts");
    let told = String::from_utf8(told.stderr).expect("UTF-8");
    let body = json!({ "scenario": text }).to_string();
    let answer = server.page("POST", "/api/v1/measure", &body);
    assert_eq!(answer.status, 422, "{}", answer.text());
    let answer = answer.json();
    let rendered = answer["rendered"].as_str().expect("a text");
    let rendered = rendered.replace("scenario:", "scenario.toml:");
    assert!(told.starts_with(&rendered), "{told}\n\n{rendered}");
    let problems = answer["problems"].as_array().expect("a list");
    assert!(problems.len() >= 2, "{answer}");
    assert!(
        problems
            .iter()
            .any(|one| one["line"] == 2 && one["remedy"].is_string())
    );
}

#[test]
fn what_is_not_there_and_what_cannot_be_done_is_said_in_words() {
    let server = Server::start();
    let check = |method: &str, path: &str, status: u16, says: &str| {
        let answer = server.page(method, path, "");
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
        assert!(answer.text().contains(says), "{}", answer.text());
        answer
    };
    check("GET", "/api/v1/no-such", 404, "nothing at this address");
    check(
        "GET",
        "/api/v2/interpreters",
        404,
        "nothing at this address",
    );
    check("GET", "/no/such", 404, "no page at this address");
    for path in ["1", "x", "-1", "99999999999999999999"] {
        check(
            "GET",
            &format!("/api/v1/jobs/{path}/events"),
            404,
            "no such job",
        );
        check(
            "GET",
            &format!("/api/v1/jobs/{path}/trace/0"),
            404,
            "no such job",
        );
        check(
            "DELETE",
            &format!("/api/v1/jobs/{path}"),
            404,
            "no such job",
        );
    }
    let answer = check("GET", "/api/v1/measure", 405, "method");
    assert_eq!(answer.header("allow"), Some("POST"));
    let answer = check("PUT", "/api/v1/interpreters", 405, "method");
    assert_eq!(answer.header("allow"), Some("GET,HEAD"));
}

#[test]
fn the_page_is_handed_out_or_its_lack_explained() {
    let server = Server::start();
    let answer = server.page("GET", "/", "");
    if answer.status == 404 {
        assert!(
            answer.text().contains("cargo xtask serve"),
            "{}",
            answer.text()
        );
        return;
    }
    assert_eq!(answer.status, 200);
    assert!(
        answer.text().contains("<title>Trilane"),
        "{}",
        answer.text()
    );
    assert_eq!(
        answer.header("content-encoding"),
        None,
        "nobody asked for it"
    );
    let packed = [
        ("Cookie", server.cookie.as_str()),
        ("Accept-Encoding", "gzip, br"),
    ];
    let packed = server.ask("GET", "/", &packed, b"");
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.body.starts_with(&[0x1f, 0x8b]) && packed.body.len() < answer.body.len());
    let page = answer.text();
    let module = page
        .split('"')
        .find(|part| part.ends_with(".wasm"))
        .expect("a module");
    let module = server.page("GET", module.trim_start_matches('.'), "");
    assert_eq!(module.header("content-type"), Some("application/wasm"));
    assert!(module.body.starts_with(b"\0asm"));
    assert_eq!(server.page("DELETE", "/", "").status, 405);
    assert!(PATIENCE.as_secs() > 0);
}
