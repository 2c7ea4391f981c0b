"""Does a contract of forty pages come back, each value with its page?"""
