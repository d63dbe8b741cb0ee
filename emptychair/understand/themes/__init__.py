"""What texts are about: themes that are found, named, kept through refits and corrected by people."""
