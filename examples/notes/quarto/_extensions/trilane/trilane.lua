-- Trilane's blocks in Quarto, and in plain pandoc: a fenced block `{.trilane}` becomes the widget that plays it, with
-- its still picture for whoever has no scripts; where there are none at all (PDF, Word) it is the picture. The
-- program `trilane` reads, runs and checks each block; whatever is wrong stands in its place, and on the terminal.
--
-- In the document's front matter:
--
--   trilane:
--     page: trilane/      # where the built page is: beside the document, or an address
--     program: trilane    # the program, where it is not on the PATH
--     strict: true        # a broken block ends the build
--
-- Quarto's own functions are used where there are any.

local settings = { page = "trilane/", program = "trilane", strict = false, lang = "en" }
local ids, broken, plays = {}, 0, false

-- Formats of pandoc whose readers have scripts.
local scripted = { html = true, html4 = true, html5 = true, revealjs = true, slidy = true, slideous = true, dzslides = true }

local function is_scripted()
  if quarto and quarto.doc and quarto.doc.is_format then
    return quarto.doc.is_format("html:js")
  end
  return scripted[FORMAT] or false
end

local function read_settings(meta)
  local said = meta.trilane
  if type(said) == "table" then
    for _, name in ipairs({ "page", "program" }) do
      if said[name] ~= nil then settings[name] = pandoc.utils.stringify(said[name]) end
    end
    settings.strict = said.strict == true
  end
  if meta.lang ~= nil then settings.lang = pandoc.utils.stringify(meta.lang):match("^%a+") or "en" end
end

-- What messages call the document, and the line that the block's text begins on. Pandoc does not tell where a
-- block stands, so it is looked for; nothing where it cannot be found as it is.
local function place(text)
  local file = quarto and quarto.doc and quarto.doc.input_file or PANDOC_STATE.input_files[1]
  local handle = file and io.open(file, "r")
  if not handle then return file or "the document", 1 end
  local whole = handle:read("a"):gsub("\r\n", "\n")
  handle:close()
  local at = whole:find("\n" .. text .. "\n", 1, true)
  local line = 1
  if at then
    for _ in whole:sub(1, at):gmatch("\n") do line = line + 1 end
  end
  return file:match("[^/\\]+$"), line
end

local function unescaped(html)
  return (html:gsub("&#10;", "\n"):gsub("&lt;", "<"):gsub("&gt;", ">"):gsub("&quot;", '"'):gsub("&amp;", "&"))
end

-- Asks the program about a block: whether it is right, and what it prints.
local function asked(text, ...)
  local name, line = place(text)
  local arguments = { "note", "--lang", settings.lang, "--name", name, "--line", tostring(line), ... }
  local ok, said = pcall(pandoc.pipe, settings.program, arguments, text .. "\n")
  if ok then return true, said end
  if type(said) == "table" and said.error_code == 2 and said.output ~= "" then return false, said.output end
  local why = type(said) == "table" and said.output ~= "" and said.output or tostring(said)
  error("trilane: the program `" .. settings.program .. "` cannot be run (" .. why .. "): install it with "
    .. "`pip install trilane`, or say where it is with `trilane: program:`")
end

-- What is wrong, in the block's place.
local function problem(html, text)
  broken = broken + 1
  io.stderr:write(text, "\n")
  if is_scripted() then return pandoc.RawBlock("html", html) end
  return pandoc.CodeBlock(text)
end

local function attribute(html, name)
  local value = html:match("^<[^>]-%s" .. name .. '="([^"]*)"')
  return value and unescaped(value)
end

local function picture(text, html)
  local words = attribute(html, "caption") or attribute(html, "claim") or ""
  local _, png = asked(text, "--png")
  if png == "" then return pandoc.Para({ pandoc.Str(words) }) end
  local file = "trilane-" .. attribute(html, "id") .. ".png"
  pandoc.mediabag.insert(file, "image/png", png)
  -- A figure with its words below it; pandoc 2 knows one by its title.
  local image = pandoc.Image({ pandoc.Str(words) }, file, "fig:")
  if not pandoc.Figure then return pandoc.Para({ image }) end
  image.title = ""
  return pandoc.Figure({ pandoc.Plain({ image }) }, { long = { pandoc.Plain({ pandoc.Str(words) }) } })
end

local function played(block)
  if not block.classes:includes("trilane") then return nil end
  local ok, html = asked(block.text)
  if not ok then return problem(html, unescaped(html:gsub("<[^>]*>", ""))) end
  local id = attribute(html, "id")
  if ids[id] then
    local name, line = place(block.text)
    local told = name .. ":" .. line .. ": `" .. id .. "` is another block's name already: give this one another `id`"
    return problem('<pre class="trilane-problem" role="alert">' .. told .. "</pre>", told)
  end
  ids[id] = true
  if not is_scripted() then return picture(block.text, html) end
  plays = true
  return pandoc.RawBlock("html", html)
end

local function page()
  local home = settings.page:gsub("/*$", "/")
  local offset = quarto and quarto.project and quarto.project.offset
  if offset and offset ~= "" and not home:match("^/") and not home:match("://") then home = offset .. "/" .. home end
  return home
end

local function finished(document)
  if settings.strict and broken > 0 then
    error("trilane: " .. broken .. " of the document's blocks cannot be shown, and it is `strict`")
  end
  if plays then
    local tag = '<script type="module" src="' .. page() .. 'embed/v1/trilane.js"></script>'
    document.blocks:insert(pandoc.RawBlock("html", tag))
  end
  return document
end

return { { Meta = read_settings }, { CodeBlock = played }, { Pandoc = finished } }
