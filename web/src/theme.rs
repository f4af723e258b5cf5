//! The palette as CSS variables, so that the page's colours stand where the pictures' do.

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

/// The same for a shadow root, whose widget says in `data-look` whether it is dark. Wherever the host sets a
/// variable with `--trilane-` before the name, that is taken.
pub fn shadow_sheet() -> String {
    let hosted = |theme| {
        let all = colours(theme).into_iter();
        let one = |(name, colour)| format!("--{name}:var(--trilane-{name},{colour});");
        all.map(one).collect::<String>()
    };
    let (light, dark) = (hosted(Theme::Light), hosted(Theme::Dark));
    format!(
        "[data-look=light]{{color-scheme:light;{light}}}[data-look=dark]{{color-scheme:dark;{dark}}}"
    )
}

fn variables(theme: Theme) -> String {
    let all = colours(theme).into_iter();
    all.map(|(name, colour)| format!("--{name}:{colour};"))
        .collect()
}

fn colours(theme: Theme) -> Vec<(&'static str, String)> {
    let mut all: Vec<(&str, String)> = (NAMES.iter())
        .map(|(name, chrome)| (*name, chrome.colour(theme).css()))
        .collect();
    // What is chosen has the colour of running Python.
    let accent = palette::colour(SpanKind::Python, theme).css();
    // White stands on the darker of the two, in either theme.
    let fill = palette::colour(SpanKind::Python, Theme::Light).css();
    all.extend([
        ("accent", accent.clone()),
        ("accent-text", accent),
        ("accent-fill", fill),
    ]);
    all
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_colour_is_there_in_both_themes() {
        let sheet = super::style_sheet();
        assert_eq!(sheet.matches("--best-ground:").count(), 3);
        assert!(sheet.contains("--accent:#0072b2;") && sheet.contains("--accent:#2e8fd0;"));
    }

    #[test]
    fn a_host_s_colour_goes_before_the_palette_s() {
        let sheet = super::shadow_sheet();
        assert!(
            sheet.contains("--accent:var(--trilane-accent,#0072b2);"),
            "{sheet}"
        );
        assert_eq!(sheet.matches("--ground:var(--trilane-ground,").count(), 2);
    }
}
