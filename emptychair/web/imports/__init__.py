"""Imports as they are shown: files, plans and books in, words out."""
