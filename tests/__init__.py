"""Tests of ess-lod."""
