//! Those who want in: without the token, by another name, from another page, by a path.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde_json::json;

use crate::server::{Answer, Server, request};

const SCENARIO: &str =
    "trilane = 1\ntitle = \"t\"\n[tasks.a]\ncount = 1\nsteps = [ { cpu = \"1ms\" } ]\n";

/// What every answer must carry, whatever it is, and must not.
#[track_caller]
fn check_headers(answer: &Answer) {
    for (name, value) in [
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-embedder-policy", "require-corp"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}: {answer:?}");
    }
    let policy = answer.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    let scripts = policy.split(';').find(|part| part.contains("script-src"));
    assert!(
        !scripts.unwrap_or_default().contains("'unsafe-"),
        "{policy}"
    );
    let cors = answer
        .names()
        .find(|name| name.starts_with("access-control"));
    assert_eq!(cors, None);
}

#[test]
fn without_the_token_nothing_is_told() {
    let server = Server::start();
    let name = server.cookie.split('=').next().expect("a name").to_owned();
    let wrong = "0".repeat(64);
    let cookies = [
        String::new(),
        format!("{name}={wrong}"),
        format!("{name}="),
        format!("{name}={}", server.token),
        server.cookie.replace("trilane-", "trilane"),
    ];
    for cookie in &cookies {
        let cookie = [("Cookie", cookie.as_str())];
        for path in [
            "/",
            "/index.html",
            "/no/such",
            "/api/v1/interpreters",
            "/api/v1/jobs/1/events",
        ] {
            let answer = server.ask("GET", path, &cookie, b"");
            assert_eq!(answer.status, 403, "{path} {cookie:?}");
            assert!(answer.text().contains("printed"), "{}", answer.text());
            check_headers(&answer);
        }
        let origin = server.origin();
        let headers = [cookie[0], ("Origin", origin.as_str())];
        let answer = server.ask("POST", "/api/v1/measure", &headers, b"{}");
        assert_eq!(answer.status, 403, "{cookie:?}");
    }
    for token in ["", "0", wrong.as_str(), &server.token[1..]] {
        let answer = server.ask("GET", &format!("/?token={token}"), &[], b"");
        assert_eq!(answer.status, 403, "{token}");
        assert_eq!(answer.header("set-cookie"), None);
    }
    let answer = server.ask(
        "GET",
        &format!("/api/v1/interpreters?token={}", server.token),
        &[],
        b"",
    );
    assert_eq!(answer.status, 403, "the token opens the page, no more");
}

#[test]
fn the_token_is_changed_for_a_cookie_and_leaves_the_address() {
    let server = Server::start();
    for path in ["/", "//evil.example/", "/\\evil.example", "/no/such"] {
        let answer = server.ask("GET", &format!("{path}?token={}", server.token), &[], b"");
        assert_eq!(answer.status, 303, "{path}");
        assert_eq!(answer.header("location"), Some("/"), "{path}");
        let cookie = answer.header("set-cookie").expect("a cookie");
        assert!(!cookie.contains(&server.token), "{cookie}");
        for word in ["Path=/", "HttpOnly", "SameSite=Strict"] {
            assert!(cookie.split("; ").any(|part| part == word), "{cookie}");
        }
        check_headers(&answer);
    }
    let answer = server.page("GET", "/api/v1/interpreters", "");
    assert_eq!(answer.status, 200, "{}", answer.text());
    check_headers(&answer);
    let other = Server::start();
    assert_ne!(other.token, server.token);
}

#[test]
fn another_name_is_refused_even_with_the_cookie() {
    let server = Server::start();
    let check = |hosts: &[&str], line: &str| {
        let mut headers: Vec<(&str, &str)> = hosts.iter().map(|host| ("Host", *host)).collect();
        headers.push(("Cookie", &server.cookie));
        let answer = server.send(&request("GET", line, &headers, 0));
        assert_eq!(answer.status, 421, "{hosts:?} {line}: {}", answer.text());
        check_headers(&answer);
    };
    let (own, port) = (server.host(), server.port);
    let rebound = format!("evil.example:{port}");
    check(&[&rebound], "/");
    check(&[&rebound], "/api/v1/interpreters");
    check(&[&rebound], &format!("/?token={}", server.token));
    check(&[&format!("localhost.evil.example:{port}")], "/");
    check(&["127.0.0.1"], "/");
    check(&["127.0.0.1:1"], "/");
    check(&[&format!("10.0.0.1:{port}")], "/");
    check(&[], "/");
    check(&[&own, &rebound], "/");
    check(&[&own], &format!("http://{rebound}/"));
    for name in ["localhost", "127.0.0.1", "[::1]"] {
        let host = format!("{name}:{port}");
        let headers = [("Host", host.as_str()), ("Cookie", &server.cookie)];
        let answer = server.send(&request("GET", "/api/v1/interpreters", &headers, 0));
        assert_eq!(answer.status, 200, "{host}");
    }
}

#[test]
fn other_pages_get_nothing_and_change_nothing() {
    let server = Server::start();
    let body = json!({ "scenario": SCENARIO, "plans": ["sync"], "repeat": 1 }).to_string();
    let own = server.origin();
    let check = |method: &str, path: &str, headers: &[(&str, &str)]| {
        let mut all = vec![
            ("Cookie", server.cookie.as_str()),
            ("Content-Type", "application/json"),
        ];
        all.extend(headers);
        let answer = server.ask(method, path, &all, body.as_bytes());
        assert_eq!(
            answer.status,
            403,
            "{method} {path} {headers:?}: {}",
            answer.text()
        );
        check_headers(&answer);
    };
    let neighbour = format!("http://127.0.0.1:{}", server.port.wrapping_add(1));
    for path in ["/api/v1/measure", "/api/v1/calibrate"] {
        check("POST", path, &[]);
        check("POST", path, &[("Origin", "null")]);
        check("POST", path, &[("Origin", "https://evil.example")]);
        check("POST", path, &[("Origin", &neighbour)]);
        check(
            "POST",
            path,
            &[("Origin", "https://evil.example"), ("Origin", &own)],
        );
        check(
            "POST",
            path,
            &[("Origin", &own), ("Sec-Fetch-Site", "same-site")],
        );
    }
    check("DELETE", "/api/v1/jobs/1", &[]);
    check("DELETE", "/api/v1/jobs/1", &[("Origin", &neighbour)]);
    for site in ["cross-site", "same-site"] {
        check("GET", "/api/v1/interpreters", &[("Sec-Fetch-Site", site)]);
        check("GET", "/api/v1/jobs/1/events", &[("Sec-Fetch-Site", site)]);
        check(
            "GET",
            "/",
            &[("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", "no-cors")],
        );
    }
    check(
        "GET",
        "/api/v1/interpreters",
        &[("Origin", "https://evil.example")],
    );
    let ask = [
        ("Origin", "https://evil.example"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type"),
    ];
    check("OPTIONS", "/api/v1/measure", &ask);
    // A form can be sent from anywhere, but not as JSON.
    let form = [
        ("Cookie", server.cookie.as_str()),
        ("Origin", own.as_str()),
        ("Content-Type", "text/plain"),
    ];
    let answer = server.ask("POST", "/api/v1/measure", &form, body.as_bytes());
    assert_eq!(answer.status, 415);
    // No job was made of any of it.
    assert_eq!(server.page("DELETE", "/api/v1/jobs/1", "").status, 404);
}

#[test]
fn a_path_is_no_interpreter() {
    let server = Server::start();
    let (trap, sprung) = (server.place().join("trap"), server.place().join("sprung"));
    let text = format!("#!/bin/sh\n: > {}\n", sprung.display());
    // Written by a child: a file that this process has open for writing while another test forks cannot
    // be started for a moment.
    let write = Command::new("sh")
        .args(["-c", "printf %s \"$1\" > \"$0\""])
        .args([trap.as_os_str(), text.as_ref()])
        .status();
    assert!(write.expect("sh").success());
    std::fs::set_permissions(&trap, PermissionsExt::from_mode(0o755)).expect("executable");
    let trap = trap.display().to_string();
    let list = server.page("GET", "/api/v1/interpreters", "").json();
    let label = list["interpreters"][0]["label"]
        .as_str()
        .expect("a label")
        .to_owned();
    let check = |what: &str, body: serde_json::Value| {
        let answer = server.page("POST", &format!("/api/v1/{what}"), &body.to_string());
        assert_eq!(answer.status, 422, "{body}: {}", answer.text());
        assert!(answer.text().contains("there is no"), "{}", answer.text());
    };
    for name in [
        trap.as_str(),
        &label,
        "python3",
        "../trap",
        "./trap",
        "",
        "3.12; true",
    ] {
        let with =
            |key: &str, value: serde_json::Value| json!({ "scenario": SCENARIO, key: value });
        check("measure", with("interpreters", json!([name])));
        if !name.is_empty() {
            check(
                "measure",
                with("plans", json!([format!("threads(2)@{name}")])),
            );
        }
        check("calibrate", json!({ "interpreter": name }));
    }
    assert!(!sprung.exists(), "nothing was started");
}

#[test]
fn only_files_of_the_page_are_handed_out() {
    let server = Server::start();
    for path in [
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "//etc/passwd",
        "/etc/passwd",
        "/..%2f..%2fetc/passwd",
        "/index.html/..",
        "/index.html%00",
        "/assets",
    ] {
        let answer = server.page("GET", path, "");
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        check_headers(&answer);
    }
}

#[test]
fn other_machines_are_let_in_only_by_who_says_so() {
    let run = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_trilane"))
            .args(args)
            .output();
        output.expect("the binary starts")
    };
    for host in ["0.0.0.0", "::", "192.0.2.1"] {
        let output = run(&["serve", "--port", "0", "--host", host]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        for word in [
            "start programs",
            "--i-know-that-others-can-run-code-here",
            "ssh -L",
        ] {
            assert!(errors.contains(word), "{errors}");
        }
    }
    let server = Server::start();
    let output = run(&["serve", "--port", &server.port.to_string()]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("--port 0"), "{errors}");
    // It listens on loopback alone.
    let others = std::net::UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    if let Some(own) = others.ok().filter(|own| !own.ip().is_loopback()) {
        let tried = std::net::TcpStream::connect((own.ip(), server.port));
        assert!(tried.is_err(), "{} is answered", own.ip());
    }
}
