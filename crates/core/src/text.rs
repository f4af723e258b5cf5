//! Text for error messages: showing a value safely, and finding what somebody meant.

/// A value between back-ticks, without control characters (they could drive a terminal) and cut
/// where it is long.
pub fn shown(value: &str) -> String {
    const MOST: usize = 40;
    let mut out = String::from("`");
    for (count, c) in value.chars().enumerate() {
        if count == MOST {
            out.push('…');
            break;
        }
        match c {
            c if is_unprintable(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out.push('`');
    out
}

/// Whether a character moves the cursor, hides, or turns the direction of the text around it.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        )
        || matches!(c, '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The one of `known` that `word` is most probably a slip for, if any is near enough. Large and small letters of
/// ASCII are the same: of all others one would need tables that are larger than the rest of this.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    // A long text is no slip of the keyboard, and comparing it would take long.
    if word.chars().count() > 64 {
        return None;
    }
    let lower = word.to_ascii_lowercase();
    let mut best = None;
    for candidate in known {
        let candidate_lower = candidate.to_ascii_lowercase();
        // One slip in three letters; a whole short word replaced is not a slip. A word that stops
        // early is nearer than one with a letter wrong: `async` is `asyncio`, not `sync`.
        let allowed = candidate.chars().count().max(3) / 3;
        let stops_early = lower.chars().count() >= 3 && candidate_lower.starts_with(&lower);
        let distance = if stops_early {
            0
        } else if lower.len().abs_diff(candidate_lower.len()) > 4 * allowed {
            // No character has more than four bytes, so these are further apart than allowed.
            continue;
        } else {
            strsim::damerau_levenshtein(&lower, &candidate_lower)
        };
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}
