"""Between IPv6 and the link: compress, fragment, reassemble."""
