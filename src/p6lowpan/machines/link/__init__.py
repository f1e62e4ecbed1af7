"""The link layer, IEEE 802.15.4: when to send, whether it arrived, who it is from, and whether to believe it."""
