"""The same tests on every engine: embedded, Oxigraph's own server, Virtuoso; and engines that are dead, slow or lying."""
