"""CoAP, RFC 7252, with the options of RFC 7641 and 7959."""
