"""The engines that answer ledger questions over the lake, one file each."""
