//! Base 64 in the alphabet that needs no escapes in an address (RFC 4648, part 5), without padding.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Bytes in letters.
pub fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + 3);
    for group in bytes.chunks(3) {
        let at = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for i in 0..=group.len() as u32 {
            out.push(char::from(ALPHABET[(bits >> (18 - 6 * i)) as usize & 63]));
        }
    }
    out
}

/// The bytes that [`base64`] wrote; nothing where a letter is none of its own.
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    for group in text.as_bytes().chunks(4) {
        let mut bits = 0;
        for (i, letter) in group.iter().enumerate() {
            let value = ALPHABET.iter().position(|known| known == letter)?;
            bits |= (value as u32) << (18 - 6 * i);
        }
        let whole = bits.to_be_bytes();
        out.extend(&whole[1..group.len()]);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_as_they_were() {
        for length in 0..9u8 {
            let all: Vec<u8> = (0..length).map(|n| n.wrapping_mul(37) ^ 0xE5).collect();
            assert_eq!(bytes(&base64(&all)), Some(all));
        }
        assert_eq!(base64(b"\xFB\xFF"), "-_8");
        assert_eq!(bytes("a+b/"), None);
    }
}
