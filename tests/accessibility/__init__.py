"""The pages as people meet them who do not see them, see them small, or use no mouse: rules of accessibility in a browser, and HTML that is HTML."""
