"""Other ways to do the same, each as short as a competent hand would write it.

They check the key, hold the cap where said, and redeem once; they have no audit log, no
rate limits, no fence and no languages.
"""
