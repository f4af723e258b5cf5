//! The server's secrets: the token in the printed address, and the cookie that the browser gets for it.

use anyhow::{Result, anyhow};
use subtle::ConstantTimeEq;

/// 256 bits each, new with every start, kept in memory alone. The cookie is not the token, so that what
/// is left in a browser's history or a terminal's log is not what a browser sends.
#[derive(Debug)]
pub(super) struct Keys {
    token: String,
    cookie: String,
    /// The cookie's name. Browsers do not tell ports apart, so it does.
    name: String,
}

impl Keys {
    /// New ones.
    pub(super) fn new(port: u16) -> Result<Keys> {
        Ok(Keys {
            token: random()?,
            cookie: random()?,
            name: format!("trilane-{port}"),
        })
    }

    /// What the printed address carries.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Whether this is the token.
    pub(super) fn opens(&self, token: &str) -> bool {
        same(&self.token, token)
    }

    /// `Set-Cookie` for whoever has shown the token. No `Secure`: loopback has no TLS. It goes when the
    /// browser is closed, and is worth nothing once the server has ended.
    pub(super) fn set_cookie(&self) -> String {
        format!(
            "{}={}; Path=/; HttpOnly; SameSite=Strict",
            self.name, self.cookie
        )
    }

    /// Whether a `Cookie` header holds the right one.
    pub(super) fn known(&self, header: &str) -> bool {
        let pairs = header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='));
        pairs
            .filter(|(name, _)| *name == self.name)
            .any(|(_, value)| same(&self.cookie, value))
    }
}

/// How long this takes does not depend on where they differ.
fn same(secret: &str, given: &str) -> bool {
    secret.as_bytes().ct_eq(given.as_bytes()).into()
}

fn random() -> Result<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow!("the system gives no random numbers for a token: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_secret_opens() {
        let keys = Keys::new(8080).expect("random numbers");
        assert_eq!(keys.token().len(), 64);
        assert_ne!(keys.token(), Keys::new(8080).expect("more of them").token());
        assert!(keys.opens(&keys.token.clone()));
        for wrong in ["", "0", &keys.token[1..], &keys.cookie, &"0".repeat(64)] {
            assert!(!keys.opens(wrong), "{wrong}");
        }
        let pair = format!("trilane-8080={}", keys.cookie);
        assert!(keys.known(&pair));
        assert!(keys.known(&format!("a=b; trilane-8080=old; {pair}")));
        for wrong in [
            String::new(),
            format!("trilane-8080={}", keys.token),
            format!("trilane-8081={}", keys.cookie),
            format!("Trilane-8080={}", keys.cookie),
            keys.cookie.clone(),
            format!("{pair}0"),
        ] {
            assert!(!keys.known(&wrong), "{wrong}");
        }
    }
}
