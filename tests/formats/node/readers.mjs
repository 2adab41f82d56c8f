// Readers and validators from npm: what each finds in the files of a folder, as JSON. The second argument is the folder
// of OPDS's schemas, where there is one.
import fs from "node:fs"
import { createRequire } from "node:module"
import path from "node:path"

import { Cite } from "@citation-js/core"
import "@citation-js/plugin-bibtex"
import "@citation-js/plugin-csl"
import "@citation-js/plugin-ris"
import Ajv from "ajv"
import addFormats from "ajv-formats"
import sdtt from "structured-data-testing-tool"
import presets from "structured-data-testing-tool/presets.js"
import ts from "typescript"
import { DOMParser } from "@xmldom/xmldom"

const [, , folder, schemas] = process.argv
const require = createRequire(import.meta.url)
const files = (...ends) => fs.readdirSync(folder).filter((name) => ends.some((end) => name.endsWith(end)))
const text = (name) => fs.readFileSync(path.join(folder, name), "utf-8")
const each = (names, read) => Object.fromEntries(names.map((name) => [name, read(name)]))

function citations() {
  return each(files(".ris", ".bib", ".csl.json"), (name) => new Cite(text(name)).data[0])
}

function feeds() {
  const inside = "r2-opds-js/dist/es6-es2015/src/opds"
  const { initGlobalConverters_GENERIC, initGlobalConverters_OPDS } = require(`${inside}/init-globals`)
  initGlobalConverters_OPDS()
  initGlobalConverters_GENERIC()
  const { OPDSFeed } = require(`${inside}/opds2/opds2`)
  const { OPDSAuthenticationDoc } = require(`${inside}/opds2/opds2-authentication-doc`)
  const { OPDS } = require(`${inside}/opds1/opds`)
  const { convertOpds1ToOpds2 } = require(`${inside}/converter`)
  const { TaJsonDeserialize, TaJsonSerialize } = require("r2-lcp-js/dist/es6-es2015/src/serializable")
  const { XML } = require("r2-utils-js/dist/es6-es2015/src/_utils/xml-js-mapper")
  return each(files(".opds.json", ".opds.xml", ".auth.json"), (name) => {
    if (name.endsWith(".auth.json")) return TaJsonSerialize(TaJsonDeserialize(JSON.parse(text(name)), OPDSAuthenticationDoc))
    if (name.endsWith(".opds.json")) return TaJsonSerialize(TaJsonDeserialize(JSON.parse(text(name)), OPDSFeed))
    const read = XML.deserialize(new DOMParser().parseFromString(text(name), "application/xml"), OPDS)
    return TaJsonSerialize(convertOpds1ToOpds2(read))
  })
}

function schemaFaults() {
  if (!schemas) return {}
  const ajv = new Ajv({ strict: false })
  addFormats(ajv)
  const add = (under) => {
    for (const entry of fs.readdirSync(under, { withFileTypes: true })) {
      const found = path.join(under, entry.name)
      if (entry.isDirectory()) add(found)
      else ajv.addSchema(JSON.parse(fs.readFileSync(found, "utf-8")))
    }
  }
  add(schemas)
  const named = (name) => JSON.parse(fs.readFileSync(path.join(schemas, name), "utf-8")).$id
  const [feed, auth] = ["opds2-feed.json", "opds-auth.json"].map((name) => ajv.getSchema(named(name)))
  return each(files(".opds.json", ".auth.json"), (name) => {
    const check = name.endsWith(".auth.json") ? auth : feed
    return check(JSON.parse(text(name))) ? [] : check.errors.map((fault) => `${fault.instancePath} ${fault.message}`)
  })
}

// schema-dts knows things of one type; one of several is looked at as the first.
const oneType = (name, value) => (name === "@type" && Array.isArray(value) ? value[0] : value)

function graphFaults() {
  const written = each(files(".jsonld"), (name) => {
    const graph = JSON.stringify(JSON.parse(text(name)), (key, value) => oneType(key, value), 1)
    const file = path.join(import.meta.dirname, `${name}.ts`) // beside the package whose types it names
    fs.writeFileSync(file, `import type { Graph } from "schema-dts"\nexport const graph: Graph = ${graph}\n`)
    return file
  })
  const options = { noEmit: true, strict: true, skipLibCheck: true, types: [] }
  options.module = ts.ModuleKind.ESNext
  options.moduleResolution = ts.ModuleResolutionKind.Bundler
  const faults = ts.getPreEmitDiagnostics(ts.createProgram(Object.values(written), options))
  Object.values(written).forEach((file) => fs.rmSync(file))
  return each(Object.keys(written), (name) =>
    faults
      .filter((fault) => fault.file?.fileName === written[name])
      .map((fault) => ts.flattenDiagnosticMessageText(fault.messageText, "\n")),
  )
}

async function pageFaults() {
  const found = {}
  for (const name of files(".html")) {
    const asked = { presets: [presets.Google, presets.SocialMedia] }
    const said = await sdtt.structuredDataTestHtml(text(name), asked).catch((fault) => fault.res ?? Promise.reject(fault))
    found[name] = { failed: said.failed.map((test) => `${test.test}: ${test.description}`), passed: said.passed.length }
  }
  return found
}

const found = { citations: citations(), feeds: feeds(), schemas: schemaFaults(), graphs: graphFaults() }
process.stdout.write(JSON.stringify({ ...found, pages: await pageFaults() }))
