//! The palette as CSS variables, so that the page's colours stand where the pictures' do.

use std::fmt::Write;

use trilane_core::trace::SpanKind;
use trilane_timeline::palette::{self, Chrome, Theme};

/// The page's names of the palette's colours.
const NAMES: [(&str, Chrome); 10] = [
    ("ground", Chrome::Ground),
    ("panel", Chrome::Panel),
    ("track", Chrome::Track),
    ("rule", Chrome::Rule),
    ("ink", Chrome::Ink),
    ("mute", Chrome::Mute),
    ("best", Chrome::Best),
    ("best-ground", Chrome::BestGround),
    ("warn", Chrome::Warn),
    ("warn-ground", Chrome::WarnGround),
];

/// A style sheet with the variables: as the system prefers, unless `data-theme` on the root says.
pub fn style_sheet() -> String {
    let (light, dark) = (variables(Theme::Light), variables(Theme::Dark));
    format!(
        ":root{{color-scheme:light;{light}}}\
         @media(prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\
         :root[data-theme=dark]{{color-scheme:dark;{dark}}}"
    )
}

fn variables(theme: Theme) -> String {
    let mut out = String::new();
    for (name, chrome) in NAMES {
        let _ = write!(out, "--{name}:{};", chrome.colour(theme).css());
    }
    // What is chosen has the colour of running Python.
    let accent = palette::colour(SpanKind::Python, theme);
    let _ = write!(out, "--accent:{0};--accent-text:{0};", accent.css());
    // White stands on the darker of the two, in either theme.
    let fill = palette::colour(SpanKind::Python, Theme::Light);
    let _ = write!(out, "--accent-fill:{};", fill.css());
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_colour_is_there_in_both_themes() {
        let sheet = super::style_sheet();
        assert_eq!(sheet.matches("--best-ground:").count(), 3);
        assert!(sheet.contains("--accent:#0072b2;") && sheet.contains("--accent:#2e8fd0;"));
    }
}
