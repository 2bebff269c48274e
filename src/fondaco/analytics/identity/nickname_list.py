"""The list of nicknames. It is short and by hand: what people who speak the language take for the same name without thinking.

It holds no mere spellings (Philip, Philipp), which are alike anyway; no translations (John, Johannes), for hardly anyone shops
under two languages' names; and no nicknames that have long been names of their own, which sisters and brothers bear side by side
(Lisa and Elisabeth, Sandra and Alexandra, Jörg and Georg).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

NICKNAMES: Mapping[str, str] = MappingProxyType({
    "English": """
        Abigail: Abby Gail
        Albert: Al Bert Bertie
        Alexander: Alex Al Alec Lex Sandy Xander
        Alexandra: Alex Lexi Sandy
        Alfred: Al Alf Alfie Fred
        Amanda: Mandy
        Andrew: Andy Drew
        Anthony: Tony Ant
        Barbara: Babs Barb Barbie
        Benjamin: Ben Benny Benji
        Catherine: Cathy Cath Cat Kate Katie
        Katherine: Kathy Kath Kat Kate Katie Kit Kitty
        Charles: Charlie Chuck Chas
        Charlotte: Charlie Lottie
        Christina: Chris Chrissy Tina
        Christine: Chris Chrissy Tina
        Christopher: Chris Kit Topher
        Daniel: Dan Danny
        David: Dave Davy
        Deborah: Deb Debbie
        Donald: Don Donny
        Dorothy: Dot Dottie Dolly
        Edward: Ed Eddie Ned Ted Teddy
        Eleanor: Ellie Nell
        Elizabeth: Liz Lizzie Lizzy Beth Betty Bess Bessie Eliza Libby
        Emily: Em Emmy
        Frances: Fran Frannie
        Francis: Frank Frankie
        Frederick: Fred Freddie
        Gabriel: Gabe
        Geoffrey: Geoff
        Gerald: Gerry Jerry
        Gregory: Greg
        Harold: Harry Hal
        Henry: Harry Hank Hal
        Isabella: Bella Izzy
        Jacob: Jake
        Jacqueline: Jackie
        James: Jim Jimmy Jamie
        Janet: Jan
        Jeffrey: Jeff
        Jennifer: Jen Jenny
        Jessica: Jess Jessie
        John: Jack Johnny
        Jonathan: Jon Jonny
        Joseph: Joe Joey
        Joshua: Josh
        Judith: Judy
        Kenneth: Ken Kenny
        Kimberly: Kim
        Lawrence: Larry
        Leonard: Len Lenny Leo
        Margaret: Maggie Meg Meggie Peg Peggy Marge Margie Madge Rita
        Matthew: Matt
        Michael: Mike Mick Mickey
        Nathaniel: Nate Nathan
        Nicholas: Nick Nicky
        Pamela: Pam
        Patricia: Pat Patty Tricia Trish
        Patrick: Pat Paddy
        Peter: Pete
        Philip: Phil
        Raymond: Ray
        Rebecca: Becky Becca
        Richard: Dick Rick Rich Richie Ricky
        Robert: Bob Bobby Rob Robbie Bert
        Ronald: Ron Ronnie
        Samantha: Sam
        Samuel: Sam Sammy
        Sarah: Sally
        Stephanie: Steph
        Stephen: Steve
        Steven: Steve
        Susan: Sue Susie Suzie
        Theodore: Ted Teddy Theo
        Theresa: Terry Tess
        Thomas: Tom Tommy
        Timothy: Tim Timmy
        Victoria: Vicky Tori
        Vincent: Vince
        Walter: Walt Wally
        William: Bill Billy Will Willie
        Zachary: Zach Zack
    """,
    "German": """
        Albrecht: Brecht
        Alexander: Alex Sascha Xander
        Alexandra: Alex
        Andreas: Andi Andy
        Angelika: Geli
        Antonia: Toni
        Anton: Toni
        Barbara: Babsi Bärbel
        Benjamin: Ben Benni
        Bernhard: Bernd Berni
        Brigitte: Gitte Gitta Biggi
        Christian: Chris Christl
        Christiane: Chris Christel
        Christine: Chris Christel Tina
        Christoph: Chris Stoffel
        Daniel: Dani
        Daniela: Dani
        Dorothea: Dora Dorle Thea
        Eberhard: Ebbe Hardy
        Eduard: Edi
        Elisabeth: Lisbeth Elsbeth Elli Betti Liesl Sissi Liese
        Ferdinand: Ferdi
        Franziska: Franzi Fanny Ziska
        Friederike: Rike Fritzi
        Friedrich: Fritz Fred Friedl Frieder
        Gabriele: Gabi
        Georg: Schorsch
        Gerhard: Gerd Hardy
        Gertrud: Trude Traudl
        Günther: Günni
        Hannelore: Hanne Lore
        Heinrich: Heinz Heiner Hein Henner
        Helena: Lena Leni
        Herbert: Bert
        Hildegard: Hilde Hilda
        Hubert: Bert Hubsi
        Ignaz: Naz
        Jakob: Jockel
        Joachim: Achim Jochen Jo
        Johanna: Hanna Hannah Hanne Jo
        Johann: Hans Hannes Hansi
        Johannes: Hans Hannes Jo Hansi Johann
        Josef: Sepp Seppl Jupp Beppo
        Josefine: Josie Finchen Fine
        Karl-Heinz: Kalle Heinz
        Katharina: Kathi Käthe Kati Kathrin Katrin Trina
        Konrad: Conny
        Leonhard: Leo Hardy
        Leopold: Leo Poldi
        Ludwig: Lutz Wiggerl
        Magdalena: Lena Leni Magda
        Manfred: Manni Fred
        Margarete: Grete Gretel Gretchen Greta Gitta Marga
        Maria: Mia Mitzi Ria
        Martina: Tina
        Matthias: Matze Hias Hiasl
        Maximilian: Max Maxi
        Michael: Michi Michel Micha
        Michaela: Michi Ela
        Nikolaus: Niko Nico
        Peter: Pit
        Philipp: Phil Lipp
        Reinhard: Reini Hardy
        Renate: Nate
        Roland: Rolli
        Rosina: Rosi
        Rudolf: Rudi
        Sebastian: Basti Wastl
        Siegfried: Sigi Siggi
        Sophie: Fieke
        Stefan: Steffen Steff
        Stefanie: Steffi
        Susanne: Susi Sanne
        Theodor: Theo
        Theresia: Resi Resl
        Thomas: Tom Tommi
        Ulrich: Uli Ulli
        Ulrike: Uli Ulli Rike
        Ursula: Uschi Ulla Ursel
        Valentin: Veltin
        Veronika: Vroni
        Viktoria: Vicky
        Waltraud: Traudl
        Wilhelm: Willi Willy Helm
        Wilhelmine: Minna Mina
        Wolfgang: Wolf Wolfi
    """,
    "French": """
        Alexandre: Alex
        Alexandra: Alex
        Antoine: Toine Tony
        Benjamin: Ben
        Bernadette: Dédette
        Catherine: Cathy Katy
        Christophe: Chris Tof
        Dominique: Dom Domi
        Élisabeth: Babeth Lisette Élise Babette
        Emmanuel: Manu
        Emmanuelle: Manu
        Françoise: Fanchon Soizic
        Frédéric: Fred
        Gabriel: Gaby
        Gérard: Gégé
        Grégoire: Greg
        Guillaume: Guigui
        Henriette: Riette
        Isabelle: Isa
        Jacqueline: Jacotte
        Jacques: Jacquot
        Jean-Baptiste: JB Baptiste
        Jean-François: Jeff
        Jean-Michel: Jeanmi
        Joseph: Jo
        Laurence: Lolo
        Madeleine: Mado Madelon
        Marguerite: Margot Guite
        Maximilien: Max
        Michel: Mimi
        Nathalie: Nath
        Nicolas: Nico
        Patrick: Pat
        Philippe: Phil
        Sébastien: Seb
        Stéphane: Steph
        Stéphanie: Steph
        Suzanne: Suzette Suzon
        Théodore: Théo
        Thomas: Tom
        Valérie: Val
        Véronique: Véro
        Vincent: Vince
        Virginie: Ginie
    """,
    "Spanish": """
        Alejandra: Ale
        Alejandro: Álex Jandro Ale
        Alfonso: Poncho Fonso
        Antonio: Toni Toño Antón
        Beatriz: Bea
        Concepción: Concha Conchita
        Consuelo: Chelo
        Cristina: Cris Tina
        Cristóbal: Tobal
        Daniel: Dani
        Dolores: Lola Loli
        Eduardo: Edu Lalo
        Enrique: Quique Kike
        Esperanza: Espe
        Federico: Fede
        Fernando: Nando Fer
        Francisca: Paca Paqui
        Francisco: Paco Pancho Fran Curro Kiko Quico
        Gabriel: Gabi
        Gregorio: Goyo
        Guadalupe: Lupe Lupita
        Guillermo: Guille Memo
        Ignacio: Nacho Iñaki
        Inmaculada: Inma
        Isabel: Isa Chabela
        Javier: Javi
        Jesús: Chus Chuy
        José: Pepe
        José Luis: Pepe Joselu
        José María: Chema
        Josefa: Pepa
        Juan: Juanito
        Juan Carlos: Juancar
        Luis: Lucho Luisito
        Manuel: Manolo Manu
        Manuela: Manoli
        María: Mari
        María Isabel: Maribel
        María Jesús: Chus
        María José: Marijose
        María Luisa: Marisa
        María Teresa: Maite
        Mercedes: Merche
        Miguel: Migue
        Miguel Ángel: Migue
        Montserrat: Montse
        Nicolás: Nico
        Patricia: Patri Pati
        Pilar: Pili
        Rafael: Rafa
        Ramón: Moncho
        Refugio: Cuca
        Ricardo: Richi
        Roberto: Beto Rober
        Rosario: Charo
        Salvador: Salva Chava
        Santiago: Santi
        Sebastián: Sebas
        Teresa: Tere
        Vicente: Chente
    """,
    "Italian": """
        Alessandra: Ale
        Alessandro: Ale Sandro
        Alfredo: Fredo
        Andrea: Andre
        Annamaria: Annina
        Antonella: Nella
        Antonio: Toni Tonino Totò
        Bartolomeo: Meo
        Benedetto: Betto
        Caterina: Cate Rina
        Daniele: Dani
        Domenico: Mimmo Mimì
        Eleonora: Ele
        Elisabetta: Betta Lisetta
        Emanuele: Manu
        Enrico: Rico
        Federica: Fede
        Federico: Fede
        Filippo: Pippo
        Francesca: Cesca
        Francesco: Checco Ciccio
        Gabriele: Gabri
        Gennaro: Gegè
        Giacomo: Mino
        Giovanni: Gianni Nino Vanni
        Giovanna: Gianna Vanna
        Giuseppe: Beppe Peppe Pino Peppino Beppino
        Giuseppina: Pina Peppina
        Guglielmo: Memmo
        Ignazio: Ignà
        Leonardo: Leo
        Lorenzo: Enzo Renzo
        Luigi: Gigi Gino
        Margherita: Rita Ghita
        Maria Teresa: Maite
        Massimiliano: Max
        Matteo: Teo
        Michelangelo: Michele
        Nicola: Nico
        Pasquale: Lino
        Raffaele: Lello Raf
        Roberto: Robi Berto
        Salvatore: Totò Turi Tore Salvo
        Stefania: Stefi
        Teresa: Resi
        Tommaso: Tom Maso
        Umberto: Berto
        Valentina: Vale
        Valerio: Vale
        Vincenzo: Enzo Cenzo
    """,
    "Dutch": """
        Adriana: Adri
        Adrianus: Adri Arie Ad Janus
        Albertus: Bert Appie
        Alexander: Alex Sander Lex
        Antonius: Ton Toon Antoon Teun
        Bartholomeus: Bart Mees
        Bernardus: Ben Bernard Nard
        Catharina: Ina Trijntje Toos Katrien Cato Rina To
        Christiaan: Chris
        Christina: Stien Tina
        Cornelia: Corrie Cor Nel Lia Cornelie
        Cornelis: Cor Kees Cees Nelis
        Elisabeth: Els Lies Liesbeth Betje Bets Elsje
        Everardus: Evert Eef
        Franciscus: Frans Cisco
        Frederik: Freek Frits
        Gerardus: Gerard Geert Gerrit Ger
        Gijsbertus: Gijs Bert
        Gertruda: Truus Geertje Trudy
        Hendrika: Rika Riek Henny Hennie
        Hendrik: Henk Hein Rik Henny Hennie
        Hubertus: Huub Bert
        Jacobus: Jaap Koos Cobus Sjaak
        Jacoba: Coba Co Koosje
        Johanna: Jo Annie Hanna Jopie Hannie
        Johannes: Jan Hans Joop Jo Johan Hannes Joh
        Josephus: Jos Jef Sjef Joep
        Laurentius: Laurens Lau Rens
        Leonardus: Leo Leen
        Lambertus: Bert Lam Bertus
        Margaretha: Greet Greetje Gré Marga Rietje Margriet
        Maria: Ria Riet Marie Mies Mia Marijke Mieke Miep
        Marinus: Rinus Rien
        Martinus: Tinus Martijn Maarten
        Mattheus: Matthijs Thijs Teeuw
        Matthias: Thijs
        Nicolaas: Klaas Niek Nico
        Paulus: Pauw
        Petronella: Nel Nelly Pietje
        Petrus: Piet Peter Pieter
        Robertus: Rob Bert Robbert
        Rudolf: Ruud Dolf
        Theodorus: Theo Dorus
        Theresia: Trees Thea
        Wilhelmina: Mien Willy Wil Mina Willemijn
        Wilhelmus: Wim Willem Wil Helmus
    """,
})  # fmt: skip
"""By language, a name a line with those that stand for it."""
