//! A browser's name for people, from how it names itself.

use trilane_core::advice::counted;

/// `Firefox 153`, of `navigator.userAgent`; browsers claim to be each other, so the order counts
/// (MDN, "Browser detection using the user agent string").
pub fn named(user_agent: &str) -> String {
    const KNOWN: [(&str, &str); 6] = [
        ("Firefox/", "Firefox"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("HeadlessChrome/", "headless Chromium"),
        ("Chrome/", "Chromium"),
        ("Version/", "Safari"),
    ];
    let found = KNOWN.iter().find_map(|(token, name)| {
        let (_, rest) = user_agent.split_once(token)?;
        let version = rest.split(['.', ' ']).next()?;
        Some(format!("{name} {version}"))
    });
    found.unwrap_or_else(|| "a browser".to_owned())
}

/// A browser and its cores, in words, of how it names itself.
pub fn machine(user_agent: &str, cores: u32) -> String {
    format!(
        "{}, {}",
        named(user_agent),
        counted(u64::from(cores), "core")
    )
}

#[cfg(test)]
mod tests {
    use super::{machine, named};

    #[test]
    fn browsers_are_told_apart() {
        let check = |text: &str, expect: &str| assert_eq!(named(text), expect, "{text}");
        check(
            "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
            "Firefox 153",
        );
        check(
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
            "headless Chromium 156",
        );
        check(
            "Mozilla/5.0 AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
            "Edge 156",
        );
        check(
            "Mozilla/5.0 AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
            "Safari 26",
        );
        check("", "a browser");
        assert_eq!(
            machine("Version/26.1 Safari/605.1.15", 8),
            "Safari 26, 8 cores"
        );
    }
}
