"""What happened: the journal, the lake and the engines that answer questions about them."""
