use super::*;

fn guard(address: &str) -> Guard {
    let bound: SocketAddr = address.parse().expect("an address");
    Guard::new(bound, Keys::new(bound.port()).expect("random numbers"))
}

fn request(method: &str, uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request
        .body(axum::body::Body::empty())
        .expect("a request")
        .into_parts()
        .0
}

#[test]
fn only_loopback_s_names_with_our_port_are_ours() {
    let check = |address: &str, host: &str, expect: bool| {
        assert_eq!(guard(address).is_own(host), expect, "{host} at {address}");
    };
    let loopback = "127.0.0.1:8080";
    for host in ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"] {
        check(loopback, host, true);
    }
    for host in [
        "",
        "127.0.0.1",
        "localhost",
        "127.0.0.1:8081",
        "evil.example:8080",
        "localhost.evil.example:8080",
        "127.0.0.1.evil.example:8080",
        "192.168.1.5:8080",
        "[::1:8080",
        "127.0.0.1:8080:8080",
        "127.0.0.1:08080",
        "127.1:8080",
        "2130706433:8080",
        "LOCALHOST.:8080",
    ] {
        check(loopback, host, false);
    }
    check("127.0.0.1:80", "localhost", true);
    check("127.0.0.1:80", "evil.example", false);
    // Whoever lets others in cannot know the address they use; but no name is one.
    check("0.0.0.0:8080", "192.168.1.5:8080", true);
    check("0.0.0.0:8080", "evil.example:8080", false);
}

#[test]
fn one_host_that_agrees_with_the_request_line() {
    let guard = guard("127.0.0.1:8080");
    let check = |uri: &str, hosts: &[&str], expect: bool| {
        let headers: Vec<_> = hosts.iter().map(|host| ("host", *host)).collect();
        let request = request("GET", uri, &headers);
        assert_eq!(
            guard.own_host(&request).is_some(),
            expect,
            "{uri} {hosts:?}"
        );
    };
    check("/", &["127.0.0.1:8080"], true);
    check("/", &[], false);
    check("/", &["127.0.0.1:8080", "evil.example:8080"], false);
    check("http://127.0.0.1:8080/", &["127.0.0.1:8080"], true);
    check("http://evil.example:8080/", &["127.0.0.1:8080"], false);
}

#[test]
fn other_pages_may_link_to_ours_and_nothing_more() {
    let check = |method: &str, uri: &str, headers: &[(&str, &str)], expect: bool| {
        let request = request(method, uri, headers);
        let came = from_us(&request, "127.0.0.1:8080");
        assert_eq!(came, expect, "{method} {uri} {headers:?}");
    };
    let ours = ("origin", "http://127.0.0.1:8080");
    let list = "/api/v1/interpreters";
    check("GET", list, &[], true);
    check("GET", list, &[("sec-fetch-site", "same-origin")], true);
    check("GET", list, &[("sec-fetch-site", "none")], true);
    for site in ["cross-site", "same-site", "whatever"] {
        let link = [
            ("sec-fetch-site", site),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
        ];
        check("GET", "/", &link, true);
        check("GET", list, &link, false);
        check("POST", "/", &[link[0], link[1], link[2], ours], false);
        check(
            "GET",
            "/",
            &[link[0], link[1], ("sec-fetch-dest", "iframe")],
            false,
        );
        check("GET", "/", &[link[0], ("sec-fetch-mode", "no-cors")], false);
    }
    let measure = "/api/v1/measure";
    check("POST", measure, &[ours], true);
    check(
        "DELETE",
        measure,
        &[ours, ("sec-fetch-site", "same-origin")],
        true,
    );
    check("POST", measure, &[], false);
    check("POST", measure, &[("sec-fetch-site", "same-origin")], false);
    for other in [
        "null",
        "http://evil.example",
        "http://localhost:8080",
        "http://127.0.0.1",
        "http://127.0.0.1:8081",
        "https://127.0.0.1:8080",
        "http://127.0.0.1:8080/",
    ] {
        check("POST", measure, &[("origin", other)], false);
        check("GET", list, &[("origin", other)], false);
        check("POST", measure, &[("origin", other), ours], false);
    }
}

#[test]
fn the_token_gets_the_cookie_and_only_on_the_page() {
    let guard = guard("127.0.0.1:8080");
    let token = guard.keys.token().to_owned();
    let check = |method: &str, uri: &str, expect: &str| {
        let uri = uri.replace("TOKEN", &token);
        let shown = match guard.secret(&request(method, &uri, &[])) {
            Verdict::Pass => "pass".to_owned(),
            Verdict::Enter(path) => format!("to {path}"),
            Verdict::Refuse(status, ..) => status.as_u16().to_string(),
        };
        assert_eq!(shown, expect, "{method} {uri}");
    };
    check("GET", "/?token=TOKEN", "to /");
    check("GET", "/?a=b&token=TOKEN", "to /");
    check("GET", "//evil.example/?token=TOKEN", "to /");
    check("GET", "/no/such?token=TOKEN", "to /");
    check("GET", "/", "403");
    check("GET", "/?token=", "403");
    check("GET", "/?token=TOKEN0", "403");
    check("POST", "/?token=TOKEN", "403");
    check("GET", "/api/v1/interpreters?token=TOKEN", "403");
    let cookie = guard.keys.set_cookie();
    let pair = cookie.split(';').next().expect("a pair");
    let known = request("GET", "/?token=old", &[("cookie", pair)]);
    assert_eq!(guard.secret(&known), Verdict::Pass);
}
