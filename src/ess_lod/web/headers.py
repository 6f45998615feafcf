"""What every answer carries: it is public, so any origin may read it (CORS); a page may load nothing from elsewhere and cannot be framed."""

from __future__ import annotations

OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Post, Accept-Ranges, Allow, Content-Language, Content-Location, Content-Profile, Content-Range, ETag, "
    "Last-Modified, Link, Location, Retry-After, WWW-Authenticate",
}
PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Accept-Profile, Authorization, Content-Type, If-None-Match, Range",
    "Access-Control-Max-Age": "86400",
}
SAFE = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
