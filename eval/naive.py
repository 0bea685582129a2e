"""What a user would write instead: python eval/naive.py MODEL BRIEF"""

import sys
from itertools import permutations
from pathlib import Path

from sentence_transformers import CrossEncoder
from sentencex import segment

model = CrossEncoder(sys.argv[1])
text = Path(sys.argv[2]).read_text(encoding="utf-8")
pairs = list(permutations([s.strip() for s in segment("en", text) if s.strip()], 2))
scores = model.predict(pairs, apply_softmax=True, show_progress_bar=False)
contradiction = scores[:, model.model.config.label2id["contradiction"]]
for i in contradiction.argsort()[::-1][:10]:
    print(f"{contradiction[i]:.3f}", *pairs[i], sep="\n  ")
