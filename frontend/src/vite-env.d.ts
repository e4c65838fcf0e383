// Types of what only the bundler understands: style sheets as imports.
/// <reference types="vite/client" />
