"""How alerts are told: channels, messages, and what keeps them from where they must not go."""
