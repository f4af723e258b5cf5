"""Sphinx: notes in reStructuredText with Trilane's elements."""

project = "Notes with Trilane"
extensions = []
exclude_patterns = ["extra"]
html_theme = "alabaster"
# The built page goes along: `cargo xtask build`, and copy dist/ to extra/trilane/.
html_extra_path = ["extra"]
html_js_files = [("../trilane/embed/v1/trilane.js", {"type": "module"})]
